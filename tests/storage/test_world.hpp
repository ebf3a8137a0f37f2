// A small world for the tests of storage: bots that shift and write notes, decided by core itself,
// and a folder that is gone after the test.
#pragma once

#include "core/catalogue.hpp"
#include "core/random.hpp"
#include "core/record.hpp"
#include "core/world.hpp"
#include "storage/history.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace unscripted::storage::testing {

/// Where many small folders are made and ended: syncing them to a disk would be most of the time.
std::filesystem::path place_in_memory();

/// A new empty folder; removed with all that is in it.
class temp_folder {
public:
  explicit temp_folder(const std::filesystem::path& in = std::filesystem::temp_directory_path());
  ~temp_folder();
  temp_folder(const temp_folder&) = delete;
  temp_folder& operator=(const temp_folder&) = delete;

  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

/// Changes one bit of the byte at that place of a file.
void flip_on_disk(const std::filesystem::path& file, std::uintmax_t at);

/// Another one for each run of the tests: print it with CAPTURE.
std::uint64_t a_seed();

/// Kind `bot` (steps, heading, diary) with the actions `shift` (dx, dz) and `write` (text).
core::catalogue_ptr test_catalogue(const std::string& version = "1");

/// Opens a store, or fails the test.
std::unique_ptr<store> open_store(const std::filesystem::path& folder,
                                  durability mode = durability::wal);
/// Copies a folder that is open as a kill would leave it. RocksDB, which deletes what it no longer
/// needs in the background, keeps still meanwhile.
void copy_as_killed(const engine& open, const std::filesystem::path& to);
/// Makes a world, or fails the test.
core::world_number new_world(store& in, const std::string& name);

/// A world and its history, the way a world actor has them.
class living_world {
public:
  /// Opens the history; a new world has no record yet.
  living_world(store& in, core::world_number number, std::uint64_t seed);
  living_world(history past, std::uint64_t seed);

  /// The first record, and `bots` bots.
  void found(const std::string& name, std::size_t bots = 3, const std::string& first_bot = "ann");
  /// Goes on where the history ends.
  void recover();
  /// Decides `count` actions at random, in commits of at most `commit_records`.
  void live(std::uint64_t count, std::uint64_t commit_records = 100);
  /// Plugins were loaded: another catalogue from here on.
  void load(const core::catalogue_ptr& next);
  void commit();
  /// From here on a commit or a recovery that fails is trouble() instead of a failed test; nothing
  /// is decided after it.
  void tolerate_failures() { is_tolerant_ = true; }
  const std::optional<failure>& trouble() const { return trouble_; }
  /// Commits are said to be of this time (Unix ms) from here on.
  void set_clock(std::int64_t unix_ms) { clock_ms_ = unix_ms; }
  void snapshot();

  const core::world& state() const { return *world_; }
  history& past() { return history_; }
  /// The state hash after each sequence since found(), from 0.
  const std::vector<std::uint64_t>& hashes() const { return hashes_; }

private:
  void decide(core::command c);
  core::command next_action();

  history history_;
  std::unique_ptr<core::world> world_ = std::make_unique<core::world>();
  commit_builder builder_;
  core::record record_;
  core::keyed_random random_;
  std::vector<std::uint64_t> hashes_{0};
  bool is_tolerant_ = false;
  std::optional<failure> trouble_;
  std::optional<std::int64_t> clock_ms_;  // the real time where there is none
};

/// The value, or a failed test with the message.
template <class T>
T must(result<T> r);
void must(const std::optional<failure>& why);

}  // namespace unscripted::storage::testing

#include <catch2/catch.hpp>

template <class T>
T unscripted::storage::testing::must(result<T> r) {
  if (!r) FAIL(r.why().message);
  return std::move(*r);
}
