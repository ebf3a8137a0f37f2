// The data folder: its worlds, and the histories in it. One store per folder, one process per
// store.
#pragma once

#include "core/ids.hpp"
#include "core/world.hpp"
#include "storage/durability.hpp"
#include "storage/failure.hpp"
#include "storage/token_row.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rocksdb {
class WriteBatch;
}

namespace unscripted::storage {

class engine;
class reclaimer;

struct world_entry {
  core::world_number number = 0;
  std::string name;
  std::int64_t created_ms = 0;  // Unix time
  std::uint32_t keep_days = 0;  // older records may be pruned; 0: all are kept
  std::uint64_t owner = 0;      // the number of the token that made it; 0: none did

  friend bool operator==(const world_entry&, const world_entry&) = default;
};

inline constexpr std::uint32_t keep_days_max = 36'500;

/// What prune() took away, and where the history begins now.
struct pruned {
  std::uint64_t records = 0, commits = 0, snapshots = 0;
  std::uint64_t base_seq = 0, base_tick = 0;
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
  static result<std::unique_ptr<store>> open(const std::filesystem::path& folder, durability mode,
                                             open_options how = {});
  /// Writes nothing into the folder, not even a lock; refuses one that a process has open to write.
  /// Whatever would change it fails with misuse. Failures: as open(), but the folder must be there.
  /// [blocking]
  static result<std::unique_ptr<store>> open_to_read(const std::filesystem::path& folder);
  /// Syncs and closes. Reclaiming that is not finished goes on at the next open. [blocking]
  ~store();

  const std::filesystem::path& folder() const;
  durability mode() const;
  bool is_read_only() const;
  /// What was garbled when it was opened, and what that means: one line each, for the log.
  const std::vector<std::string>& warnings() const;

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
  result<core::world_number> create_world(std::string_view name, std::int64_t created_ms,
                                          std::uint64_t owner = 0);
  /// By number. [blocking]
  result<std::vector<world_entry>> worlds() const;
  /// Failures: not_found, io, broken. [blocking]
  std::optional<failure> rename_world(core::world_number number, std::string_view name);
  /// How long the records of a world are kept, in days up to keep_days_max; 0: for ever. prune() is
  /// the caller's. Failures: not_found, misuse, io, broken. [blocking]
  std::optional<failure> retain(core::world_number number, std::uint32_t days);
  /// From its return on the world is gone, whatever happens. Its bytes leave the disk soon after,
  /// in the background. Nobody may append to it any more. Failures: not_found, io, broken.
  /// [blocking]
  std::optional<failure> delete_world(core::world_number number);
  /// Waits until the bytes of all deleted worlds have left the disk, or that failed. [blocking]
  std::optional<failure> wait_for_reclaim();
  /// What an operator should see to while all goes on: damaged bytes that keep the folder from
  /// being tidied, or why bytes of deleted worlds or pruned records stayed on the disk when it was
  /// tried last to take them away. The next start tries again. Failures: corrupt, io, broken.
  std::optional<failure> trouble() const;

  // -- histories that begin elsewhere (store_bases.cpp) -------------------------------------------

  /// A new world whose history begins with `state`, as it was after record `state.seq()` of
  /// `parent`; its name and creation time are those in the settings. Shares nothing with the
  /// parent. Cost: of the state. Failures: misuse, io, broken. [blocking]
  result<core::world_number> fork_world(const core::world& state, core::world_number parent,
                                        std::uint64_t owner = 0);
  /// Takes the records up to `seq` away, or some fewer: the history begins anew at the end of a
  /// commit, with a state from which the rest can be proved. The last commit always stays. The
  /// bytes leave the disk soon after. Others may append and read meanwhile. Failures: not_found,
  /// corrupt, io, broken. [blocking]
  result<pruned> prune(core::world_number world, std::uint64_t seq);
  /// A world whose history is being written from elsewhere: nobody sees it before
  /// finish_import(), and after a crash it is gone. Drop it with delete_world(). [blocking]
  result<core::world_number> begin_import();
  std::optional<failure> finish_import(core::world_number number, std::string_view name,
                                       std::int64_t created_ms, std::uint64_t owner = 0);

  /// The entry of a world that is there. Failures: not_found, corrupt, io. [blocking]
  result<world_entry> find_world(core::world_number number) const;

  // -- tokens, and what they own (store_tokens.cpp) -------------------------------------------

  /// By number. Failures: corrupt, io. [blocking]
  result<std::vector<token_row>> tokens() const;
  /// The number of a new token: from 1, never given twice. Synced. Failures: io, broken. [blocking]
  result<std::uint64_t> add_token(token_row row);
  /// Writes the row of a token that is there, synced if so wished. [blocking]
  std::optional<failure> change_token(const token_row& row, bool to_disk);
  std::optional<failure> forget_token(std::uint64_t number);
  /// The bots of a world that tokens made; those that died meanwhile may be among them. [blocking]
  result<std::vector<owned_bot>> owned_bots(core::world_number world) const;

  /// A copy of the whole folder at one moment, by hard links where it can be. `to` must not exist.
  /// Failures: unusable_folder, io, broken. [blocking]
  std::optional<failure> checkpoint(const std::filesystem::path& to);
  /// Brings the commits of a world to the last level of the database, as time would; returns their
  /// bytes on disk. [blocking]
  result<std::uint64_t> compact(core::world_number number);

  /// Bytes of the histories and all else in the folder's database.
  struct sizes {
    std::uint64_t disk_bytes = 0;    // in its files, the write-ahead log left out
    std::uint64_t memory_bytes = 0;  // written, and not in those files yet
  };
  /// [blocking]
  sizes measure() const;

  /// For the rest of storage.
  engine& internals() const { return *engine_; }

private:
  explicit store(std::unique_ptr<engine> e);

  std::optional<failure> resume_reclaim();
  result<core::world_number> take_number(rocksdb::WriteBatch& batch) const;
  std::optional<failure> write_entry(core::world_number number, const std::string& bytes);

  std::unique_ptr<engine> engine_;
  std::unique_ptr<reclaimer> reclaimer_;
  std::mutex worlds_mutex_;  // of changes to the list
};

/// "world eden", for messages; "world 3" where its name cannot be told.
std::string title_of(const store& in, core::world_number world);

}  // namespace unscripted::storage
