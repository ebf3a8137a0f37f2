#include "storage/watermark.hpp"

#include "core/mix.hpp"
#include "storage/folder_lock.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace unscripted::storage {

namespace {

constexpr std::size_t file_bytes = 16;
constexpr std::uint64_t check_tag = 0x57415445524d4b31;  // so that zeros are no watermark

using content = std::array<unsigned char, file_bytes>;

std::uint64_t check_of(std::uint64_t sequence) { return core::mix(sequence, check_tag); }

void put_u64(unsigned char* out, std::uint64_t x) {
  for (int i = 0; i < 8; ++i) out[i] = static_cast<unsigned char>(x >> (8 * i));
}

std::uint64_t get_u64(const unsigned char* in) {
  std::uint64_t x = 0;
  for (int i = 0; i < 8; ++i) x |= std::uint64_t{in[i]} << (8 * i);
  return x;
}

/// Sixteen bytes in one page: a kill leaves all of them or none.
bool put(int file, std::uint64_t sequence) {
  content bytes;
  put_u64(bytes.data(), sequence);
  put_u64(bytes.data() + 8, check_of(sequence));
  ssize_t size = -1;
  do size = pwrite(file, bytes.data(), bytes.size(), 0);
  while (size < 0 && errno == EINTR);
  if (size >= 0 && size != static_cast<ssize_t>(bytes.size())) errno = ENOSPC;
  return size == static_cast<ssize_t>(bytes.size());
}

std::error_code last_error() { return {errno, std::generic_category()}; }

failure not_writable(const std::filesystem::path& folder) {
  return {failure_kind::io, "cannot write the file " + std::string(watermark_file_name) +
                                " in data folder '" + folder.string() + "' (" +
                                last_error().message() + "): see to the disk and try again"};
}

}  // namespace

watermark::reading watermark::read(const std::filesystem::path& folder) {
  const int file = open((folder / watermark_file_name).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {errno == ENOENT ? state::missing : state::unreadable};
  std::array<unsigned char, file_bytes + 1> bytes;  // one more shows a file that is too long
  const ssize_t size = pread(file, bytes.data(), bytes.size(), 0);
  close(file);
  if (size != static_cast<ssize_t>(file_bytes)) return {state::unreadable};
  const std::uint64_t sequence = get_u64(bytes.data());
  if (get_u64(bytes.data() + 8) != check_of(sequence)) return {state::unreadable};
  return {state::good, sequence};
}

result<std::unique_ptr<watermark>> watermark::begin(const std::filesystem::path& folder,
                                                    std::uint64_t sequence) {
  const auto name = folder / watermark_file_name;
  const int file = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return not_writable(folder);
  std::unique_ptr<watermark> w(new watermark(file, sequence));
  if (!put(file, sequence) || ftruncate(file, file_bytes) != 0 || fdatasync(file) != 0)
    return not_writable(folder);
  if (!sync_folder(folder)) return not_writable(folder);
  return w;
}

watermark::~watermark() { close(file_); }

std::optional<std::error_code> watermark::raise(std::uint64_t sequence) {
  const std::lock_guard guard(mutex_);
  if (sequence <= sequence_) return {};
  if (!put(file_, sequence)) return last_error();
  sequence_ = sequence;
  return {};
}

}  // namespace unscripted::storage
