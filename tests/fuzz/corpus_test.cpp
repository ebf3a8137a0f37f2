// Every input of every corpus, as an ordinary test: what a fuzzer once found stays mended.
#include "tests/fuzz/target.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace fs = std::filesystem;
using namespace unscripted::fuzz;

namespace {

const fs::path corpora = fs::path{UNSCRIPTED_SOURCE_DIR} / "tests" / "fuzz" / "corpus";

std::vector<fs::path> inputs_of(const std::string& target) {
  std::vector<fs::path> inputs;
  for (const auto& entry : fs::directory_iterator(corpora / target)) inputs.push_back(entry.path());
  std::sort(inputs.begin(), inputs.end());
  return inputs;
}

void run(const target& t, const fs::path& input) {
  std::ifstream file{input, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  // Of exactly that size, so that a sanitizer sees what is read beyond.
  const auto exact = std::make_unique<std::uint8_t[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), exact.get());
  INFO(t.name << ", " << input.filename().string());
  CHECK_NOTHROW(t.run(exact.get(), bytes.size()));
}

}  // namespace

TEST_CASE("what fuzzers start from, and what they found, is taken by each target", "[fuzz]") {
  REQUIRE(targets().size() == 11);
  for (const target& t : targets()) {
    const auto inputs = inputs_of(t.name);
    INFO(t.name);
    CHECK(inputs.size() >= 2);
    CHECK(inputs.size() <= 40);
    for (const fs::path& input : inputs) run(t, input);
  }
}

TEST_CASE("each target takes an empty input", "[fuzz]") {
  for (const target& t : targets()) {
    INFO(t.name);
    CHECK_NOTHROW(t.run(reinterpret_cast<const std::uint8_t*>(""), 0));
  }
}
