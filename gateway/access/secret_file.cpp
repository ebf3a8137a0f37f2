#include "gateway/access/secret_file.hpp"

#include "plugins/descriptor.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace unscripted::gateway {

namespace {

std::string last_error() { return std::strerror(errno); }

core::problem cannot_read(const std::filesystem::path& file, const std::string& why) {
  return {core::errc::damaged, "cannot use the key in '" + file.string() + "': " + why, {}};
}

using plugins::descriptor;

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0;
}

core::result<digest> make_key(const std::filesystem::path& file) {
  const digest key = random_key();
  if (const auto why = write_secret_file(file, to_hex(key)))
    return core::problem{core::errc::damaged, *why, {}};
  return key;
}

}  // namespace

std::optional<std::string> write_secret_file(const std::filesystem::path& file,
                                             std::string_view line) {
  const auto failed = [&] { return "cannot write '" + file.string() + "': " + last_error(); };
  const std::string fresh = file.string() + ".new";
  ::unlink(fresh.c_str());
  {
    const descriptor out{
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (out.number() < 0 || !write_all(out.number(), std::string{line} + "\n")) return failed();
  }
  if (::rename(fresh.c_str(), file.c_str()) != 0) return failed();
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
  const descriptor names{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (names.number() < 0 || ::fsync(names.number()) != 0) return failed();
  return std::nullopt;
}

core::result<digest> read_or_make_key(const std::filesystem::path& file, bool only_read) {
  const descriptor in{::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
  if (in.number() < 0 && errno == ENOENT) {
    if (only_read) return random_key();
    return make_key(file);
  }
  if (in.number() < 0) return cannot_read(file, last_error());
  struct stat about {};
  if (::fstat(in.number(), &about) != 0) return cannot_read(file, last_error());
  if ((about.st_mode & 077) != 0)
    return cannot_read(file, "others may read it: chmod 600 it, or delete it, which ends all "
                             "tokens of bots");
  std::array<char, 80> bytes{};
  const ssize_t size = ::read(in.number(), bytes.data(), bytes.size());
  std::string_view text{bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  if (text.ends_with('\n')) text.remove_suffix(1);
  digest key{};
  if (!read_hex(text, key))
    return cannot_read(file, "it is no key: delete it, which ends all tokens of bots");
  return key;
}

}  // namespace unscripted::gateway
