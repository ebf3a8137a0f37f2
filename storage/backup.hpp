// Backups of a data folder, taken while it is in use, in a folder that holds nothing else; and the
// way back. A backup is whole by itself; what two of them have in common is on the disk once.
#pragma once

#include "storage/failure.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace unscripted::storage {

class engine;

/// The file by which a folder of backups is known.
inline constexpr const char* backup_mark = "BACKUP.unscripted";

struct backup_info {
  std::uint32_t number = 0;   // from 1, in the order in which they were taken
  std::int64_t taken_ms = 0;  // Unix time, to the second
  std::uint64_t bytes = 0;    // of the whole data folder then, shared files included
  std::uint32_t files = 0;
  bool is_damaged = false;      // files are missing: it cannot be restored, and all else is 0
  std::uint64_t new_bytes = 0;  // copied, since no earlier backup held them; 0 in lists
};

/// Called about every 4 MiB with the bytes copied so far, from another thread. False gives the
/// backup up. Must not throw.
using backup_progress = std::function<bool(std::uint64_t copied_bytes)>;

/// Adds a backup of a consistent moment to the folder `into`, which is made if it is not there, and
/// reads it again to verify it. Only what no earlier backup holds is copied. Others go on writing.
/// Refuses a folder with anything else in it, and one inside the data folder. Locks `into` against
/// other backups. Failures: unusable_folder, in_use, misuse (opened to read), corrupt, no_room, io,
/// broken.
/// [any thread] [blocking]
result<backup_info> back_up(engine& from, const std::filesystem::path& into,
                            const backup_progress& progress = {});

/// By number, the damaged ones included. Looks at names only: the bytes are verified when they are
/// restored. Failures: unusable_folder, in_use, io. [any thread] [blocking]
result<std::vector<backup_info>> list_backups(const std::filesystem::path& folder);

/// Makes `data` what it was when the backup was taken: the one with this number, or the newest,
/// which is refused as corrupt, not passed over, if it is damaged. `data` must not exist or be
/// empty; it is there as a whole or not at all. While it is copied it lies beside, under the same
/// name with ".restoring"; what an interrupted try left there is removed by the next.
/// Failures: unusable_folder, in_use, not_found, corrupt, io. [any thread] [blocking]
std::optional<failure> restore(const std::filesystem::path& backup,
                               std::optional<std::uint32_t> number,
                               const std::filesystem::path& data);

}  // namespace unscripted::storage
