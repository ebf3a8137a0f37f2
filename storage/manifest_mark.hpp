// How long RocksDB's manifest, the list of its tables, has become, in a file of our own. It only
// ever grows; RocksDB takes one that was cut for an older one, and would then delete every table
// that is not in it. Internal to storage.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace rocksdb {
class DB;
}

namespace unscripted::storage {

inline constexpr const char* manifest_mark_file_name = "MANIFEST.unscripted";

/// Notes how much of the database's manifest is on disk. What is being written to it just now does
/// not count: a loss of power may take that. Where it fails an older note stays: it is a lower
/// bound, and as true. Not synced. [any thread] [blocking]
void mark_manifest(const std::filesystem::path& folder, rocksdb::DB& of);

/// What is wrong where the manifest is shorter than it was: "its file MANIFEST-000005 has 59 bytes
/// and had 956". Nothing without a readable note on that manifest. Changes nothing. [blocking]
std::optional<std::string> find_cut_manifest(const std::filesystem::path& folder);

}  // namespace unscripted::storage
