#include "plugins/trusted_file.hpp"

#include "plugins/descriptor.hpp"
#include "plugins/library.hpp"
#include "plugins/words.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string_view>
#include <sys/stat.h>
#include <vector>

namespace unscripted::plugins {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t file_bytes_max = 256u << 20;
constexpr std::size_t entry_bytes_max = 1u << 20;  // of a user or group, with all its members

// By getpwuid_r or getgrgid_r. The entry's words lie in `words`; null where there is none.
template <class Entry, class Id>
const Entry* look_up(int (*ask)(Id, Entry*, char*, std::size_t, Entry**), Id id, Entry& entry,
                     std::vector<char>& words) {
  for (std::size_t size = 1024; size <= entry_bytes_max; size *= 2) {
    words.resize(size);
    Entry* found = nullptr;
    if (ask(id, &entry, words.data(), words.size(), &found) != ERANGE) return found;
  }
  return nullptr;
}

// Many systems give each user a group of its own, and let it write by default.
bool is_private_group(gid_t id, uid_t owner) {
  passwd user_entry{};
  group group_entry{};
  std::vector<char> user_words, group_words;
  const passwd* const user = look_up(::getpwuid_r, owner, user_entry, user_words);
  const group* const own = look_up(::getgrgid_r, id, group_entry, group_words);
  if (!user || !own || user->pw_gid != id) return false;
  const std::string_view name = user->pw_name;
  if (name != own->gr_name) return false;
  for (char** member = own->gr_mem; *member; ++member)
    if (name != *member) return false;
  return true;
}

bool is_writable_by_others(const struct stat& what) {
  if ((what.st_mode & S_IWOTH) != 0) return true;
  return (what.st_mode & S_IWGRP) != 0 && !is_private_group(what.st_gid, what.st_uid);
}

bool is_foreign(const struct stat& what) { return what.st_uid != 0 && what.st_uid != ::geteuid(); }

void check(const struct stat& what, const std::string& which, const fs::path& path) {
  const std::string name = to_line(path.string(), 256);
  if (is_foreign(what))
    throw refusal{which + "belongs to user " + std::to_string(what.st_uid) +
                  ", who is neither root nor the one who runs this; chown " +
                  std::to_string(::geteuid()) + " " + name};
  if (is_writable_by_others(what))
    throw refusal{which + "can be written by others; chmod go-w " + name};
}

descriptor open_folder(const fs::path& folder) {
  descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (opened) return opened;
  if (errno == ENOENT || errno == ENOTDIR) throw refusal{"no such file; check the name"};
  throw refusal{"its folder can't be read; check its permissions"};
}

descriptor open_file(const descriptor& folder, const fs::path& name) {
  const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;  // not blocked by a pipe
  descriptor opened{::openat(folder.number(), name.c_str(), flags)};
  if (opened) return opened;
  if (errno == ELOOP) throw refusal{"a symbolic link; name the file itself"};
  if (errno == ENOENT) throw refusal{"no such file; check the name"};
  throw refusal{"can't be read; check its permissions"};
}

struct stat status_of(const descriptor& opened) {
  struct stat what {};
  if (::fstat(opened.number(), &what) != 0) throw refusal{"can't be read; check its permissions"};
  return what;
}

std::string read(const descriptor& file, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t got = 0; got < size;) {
    const ssize_t n = ::read(file.number(), bytes.data() + got, size - got);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw refusal{"can't be read to its end; copy it again"};
    got += static_cast<std::size_t>(n);
  }
  return bytes;
}

}  // namespace

std::string read_trusted(const fs::path& file) {
  const fs::path folder_name = file.has_parent_path() ? file.parent_path() : ".";
  if (!file.has_filename()) throw refusal{"a folder, not a file; name a file"};
  const descriptor folder = open_folder(folder_name);
  const descriptor opened = open_file(folder, file.filename());
  const struct stat what = status_of(opened);
  if (S_ISDIR(what.st_mode)) throw refusal{"a folder, not a file; name a file"};
  if (!S_ISREG(what.st_mode)) throw refusal{"no regular file; name a shared library"};
  check(status_of(folder), "its folder ", folder_name);
  check(what, "", file);
  const auto size = static_cast<std::uintmax_t>(what.st_size);
  if (size > file_bytes_max) throw refusal{"larger than 256 MB; that is no plugin"};
  return read(opened, static_cast<std::size_t>(size));
}

}  // namespace unscripted::plugins
