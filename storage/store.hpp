// The data folder: its worlds, and the histories in it. One store per folder, one process per
// store.
#pragma once

#include "core/ids.hpp"
#include "storage/durability.hpp"
#include "storage/failure.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::storage {

class engine;
class reclaimer;

struct world_entry {
  core::world_number number = 0;
  std::string name;
  std::int64_t created_ms = 0;  // Unix time

  friend bool operator==(const world_entry&, const world_entry&) = default;
};

/// Changes to the list of worlds are synced to disk before they return.
///
/// Once a write failed its outcome is unknown and the store is broken(): everything that writes is
/// refused from then on, and the caller ends the process; the next one recovers. [any thread]
/// Must outlive the histories and readers made on it.
class store {
public:
  /// Makes the folder if it is not there. `mode` is wal or fsync: for memory open no store.
  /// Failures: unusable_folder, in_use, newer_format, corrupt, io. [blocking]
  static result<std::unique_ptr<store>> open(const std::filesystem::path& folder, durability mode);
  /// Syncs and closes. Reclaiming that is not finished goes on at the next open. [blocking]
  ~store();

  const std::filesystem::path& folder() const;
  durability mode() const;

  bool broken() const;
  /// Why it is broken(): one line for the last words of the process.
  failure why_broken() const;
  /// False where less than 256 MiB are free on the disk: begin nothing new, answer storage_full.
  /// Cheap enough for every command.
  bool has_room();

  /// Returns once everything appended before is on disk. Failures: broken. [blocking]
  std::optional<failure> sync();

  /// The number of a new world: from 1, never given twice, not even after a deletion. Names are
  /// the caller's: the store does not compare them. [blocking]
  result<core::world_number> create_world(std::string_view name, std::int64_t created_ms);
  /// By number. [blocking]
  result<std::vector<world_entry>> worlds() const;
  /// Failures: not_found, io, broken. [blocking]
  std::optional<failure> rename_world(core::world_number number, std::string_view name);
  /// From its return on the world is gone, whatever happens. Its bytes leave the disk soon after,
  /// in the background. Nobody may append to it any more. Failures: not_found, io, broken.
  /// [blocking]
  std::optional<failure> delete_world(core::world_number number);
  /// Waits until the bytes of all deleted worlds have left the disk, or that failed. [blocking]
  std::optional<failure> wait_for_reclaim();

  /// The entry of a world that is there. Failures: not_found, corrupt, io. [blocking]
  result<world_entry> find_world(core::world_number number) const;

  /// For the rest of storage.
  engine& internals() const { return *engine_; }

private:
  explicit store(std::unique_ptr<engine> e);

  std::optional<failure> resume_reclaim();
  result<core::world_number> next_number() const;

  std::unique_ptr<engine> engine_;
  std::unique_ptr<reclaimer> reclaimer_;
  std::mutex worlds_mutex_;  // of changes to the list
};

}  // namespace unscripted::storage
