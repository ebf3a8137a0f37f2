// Writes the inputs that fuzzers start from where they are bytes, not text:
//
//   UNSCRIPTED_SEEDS=tests/fuzz/corpus build/release/tests/fuzz/fuzz_tests "[seeds]"
#include "core/bytes.hpp"
#include "core/codec.hpp"
#include "gateway/history_export.hpp"
#include "storage/history.hpp"
#include "storage/store.hpp"
#include "tests/fuzz/small_world.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace unscripted::core;
using namespace unscripted::fuzz;

namespace {

void save(const fs::path& file, const std::string& bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream{file, std::ios::binary} << bytes;
}

// The first `count` records, behind the byte that names their grammar.
std::string records(std::size_t count) {
  std::string bytes = "\1";
  byte_writer out{bytes};
  world w;
  for (const record& r : small_history()) {
    if (r.seq > count) break;
    encode(out, w.shared_catalogue().get(), r);
    REQUIRE(w.try_apply(r));
  }
  return bytes;
}

void must(const std::optional<unscripted::storage::failure>& why) {
  if (why) FAIL(why->message);
}

template <class T>
T must(unscripted::storage::result<T> r) {
  if (!r) FAIL(r.why().message);
  return std::move(*r);
}

// The same as JSON Lines, each record a commit; from the beginning, or from the state in the
// middle.
void write_exports(const fs::path& to, const fs::path& data) {
  namespace storage = unscripted::storage;
  const auto store = must(storage::store::open(data, storage::durability::wal));
  const auto number = must(store->create_world("eden", 1'700'000'000'000));
  world w;
  {
    auto past = must(storage::history::open(*store, number));
    storage::commit_builder commit;
    for (const record& r : small_history()) {
      commit.add(r, w.shared_catalogue());
      REQUIRE(w.try_apply(r));
      must(past.append(commit, w));
    }
  }
  for (const bool whole : {true, false}) {
    if (!whole) static_cast<void>(must(store->prune(number, 5)));
    unscripted::gateway::export_options how;
    how.as_lines = true;
    auto pages = must(unscripted::gateway::history_export::begin(
        *store, number, unscripted::gateway::export_what::records, how));
    std::string text;
    while (!pages.at_end()) must(pages.write_page(text));
    save(to / (whole ? "whole" : "pruned"), text);
  }
}

}  // namespace

TEST_CASE("seeds are written anew", "[.][seeds]") {
  const char* folder = std::getenv("UNSCRIPTED_SEEDS");
  REQUIRE(folder);
  const fs::path to = folder;
  for (const std::size_t count : {1, 2, 4, 5, 7})
    save(to / "record" / ("first-" + std::to_string(count)), records(count));
  save(to / "catalogue" / "small", small_catalogue()->description());
  save(to / "catalogue" / "engine", describe({{}, engine_kinds(), {}, {}}));
  world w;
  for (const record& r : small_history()) {
    REQUIRE(w.try_apply(r));
    save(to / "snapshot" / ("after-" + std::to_string(r.seq)), encode_snapshot(w));
  }
  const fs::path data = fs::temp_directory_path() / ("fuzz-seeds-" + std::to_string(::getpid()));
  write_exports(to / "import", data);
  fs::remove_all(data);
}
