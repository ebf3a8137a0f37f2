// What an acknowledgement promises about a record.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rocksdb {
class Env;
}

namespace unscripted::storage {

enum class durability : std::uint8_t {
  memory,  // nothing is kept: no store is opened at all
  wal,     // written to the operating system: survives kill -9; on disk at most 1 s later
  fsync,   // on disk: survives a power cut
};

std::string_view to_string(durability x);
std::optional<durability> parse_durability(std::string_view text);

/// How a data folder is opened to write.
struct open_options {
  /// Opens a folder whose last acknowledged writes are not readable any more: what is readable is
  /// kept, the rest is lost for good.
  bool accept_data_loss = false;
  /// Another place for the database to run in than this machine: tests have its disk fail. Outlives
  /// the store.
  rocksdb::Env* env = nullptr;
  /// False: nothing is synced by the clock of this machine, and store::sync() must be called in
  /// time. For tests that have a clock of their own.
  bool syncs_by_itself = true;
};

}  // namespace unscripted::storage
