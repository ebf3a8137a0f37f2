#include "cli/export_file.hpp"
#include "cli/failure.hpp"
#include "tests/cli/process.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using namespace unscripted;

namespace {

std::string content(const std::filesystem::path& file) {
  std::ostringstream all;
  all << std::ifstream(file).rdbuf();
  return all.str();
}

}  // namespace

TEST_CASE("an export has its name only once it is finished") {
  const auto folder = tests::fresh_folder();
  const auto name = folder / "eden.jsonl";
  std::ofstream(name) << "old";
  {
    cli::export_file file(name);
    file.write("new");
    CHECK(content(name) == "old");
    file.finish();
    CHECK(file.bytes() == 3);
  }

  CHECK(content(name) == "new");
  CHECK_FALSE(std::filesystem::exists(folder / "eden.jsonl.partial"));
  std::filesystem::remove_all(folder);
}

TEST_CASE("an export that was given up leaves what was there") {
  const auto folder = tests::fresh_folder();
  { cli::export_file(folder / "eden.jsonl").write("half"); }

  CHECK(std::filesystem::is_empty(folder));
  CHECK_THROWS_AS(cli::export_file(folder / "no" / "eden.jsonl"), cli::failed);
  std::filesystem::remove_all(folder);
}
