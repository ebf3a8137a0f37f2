#include "storage/manifest_mark.hpp"

#include "core/bytes.hpp"
#include "core/mix.hpp"

#include <rocksdb/db.h>

#include <charconv>
#include <cstdint>
#include <fcntl.h>
#include <fstream>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace unscripted::storage {

namespace {

constexpr std::string_view manifest_prefix = "MANIFEST-";
constexpr std::uint64_t check_tag = 0x4d414e4946455354;  // so that zeros are no mark

/// A manifest: its number and its length in bytes.
struct manifest {
  std::string name;
  std::uint64_t number = 0, bytes = 0;
};

std::uint64_t check_of(std::uint64_t number, std::uint64_t bytes) {
  return core::mix(core::mix(number, bytes), check_tag);
}

/// Without its length.
std::optional<manifest> named(std::string name) {
  manifest m{std::move(name)};
  if (!m.name.starts_with(manifest_prefix)) return std::nullopt;
  const char* end = m.name.data() + m.name.size();
  const auto read = std::from_chars(m.name.data() + manifest_prefix.size(), end, m.number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return m;
}

std::optional<manifest> current_manifest(const std::filesystem::path& folder) {
  std::string name;
  std::ifstream file(folder / "CURRENT", std::ios::binary);
  if (!std::getline(file, name)) return std::nullopt;
  auto found = named(std::move(name));
  if (!found) return std::nullopt;
  manifest& m = *found;
  std::error_code error;
  m.bytes = std::filesystem::file_size(folder / m.name, error);
  return error ? std::nullopt : found;
}

/// As far as it is synced: the file itself may be longer.
std::optional<manifest> synced_manifest(rocksdb::DB& of) {
  std::vector<std::string> files;
  std::uint64_t bytes = 0;
  if (!of.GetLiveFiles(files, &bytes, /*flush_memtable=*/false).ok()) return std::nullopt;
  for (const std::string& file : files) {
    auto found = named(file.substr(file.rfind('/') + 1));
    if (!found) continue;
    found->bytes = bytes;
    return found;
  }
  return std::nullopt;
}

}  // namespace

void mark_manifest(const std::filesystem::path& folder, rocksdb::DB& of) {
  const auto now = synced_manifest(of);
  if (!now) return;
  std::string bytes;
  core::byte_writer out(bytes);
  out.u64(now->number);
  out.u64(now->bytes);
  out.u64(check_of(now->number, now->bytes));
  const int file =
      open((folder / manifest_mark_file_name).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return;
  // One page: a kill leaves all of it or none. What is torn is not believed.
  if (pwrite(file, bytes.data(), bytes.size(), 0) < 0) bytes.clear();
  close(file);
}

std::optional<std::string> find_cut_manifest(const std::filesystem::path& folder) {
  std::ifstream file(folder / manifest_mark_file_name, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  core::byte_reader in(bytes);
  const std::uint64_t number = in.u64(), length = in.u64(), check = in.u64();
  if (!in.ok() || check != check_of(number, length)) return std::nullopt;
  const auto now = current_manifest(folder);
  if (!now || now->number != number || now->bytes >= length) return std::nullopt;
  return "its file " + now->name + " has " + std::to_string(now->bytes) + " bytes and had " +
         std::to_string(length);
}

}  // namespace unscripted::storage
