#include "storage/folder_lock.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace unscripted::storage {

namespace {

std::string words_of(int error) { return std::generic_category().message(error); }

failure unusable(const std::filesystem::path& folder, const std::string& why) {
  return {failure_kind::unusable_folder,
          "data folder '" + folder.string() + "' " + why + ": choose another folder with --data"};
}

std::optional<failure> make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  const auto status = std::filesystem::status(folder, error);
  if (std::filesystem::is_directory(status)) return {};
  if (std::filesystem::exists(status)) return unusable(folder, "is a file, not a folder");

  std::filesystem::create_directories(folder, error);
  if (error) return unusable(folder, "cannot be created (" + error.message() + ")");
  // It holds what is private in all worlds. Who wants others to read it can say so afterwards.
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  return {};
}

failure taken(const std::filesystem::path& folder, int file) {
  // Who reads leaves no number: the one in the file is that of a process that wrote earlier.
  if (flock(file, LOCK_SH | LOCK_NB) == 0)
    return {failure_kind::in_use, "data folder '" + folder.string() +
                                      "' is being read by another process: wait until it is done, "
                                      "or choose another folder with --data"};
  std::array<char, 32> text{};
  const ssize_t size = pread(file, text.data(), text.size(), 0);
  std::string who(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!who.empty() && who.back() == '\n') who.pop_back();
  const bool is_number = !who.empty() && who.find_first_not_of("0123456789") == std::string::npos;
  return {failure_kind::in_use, "data folder '" + folder.string() + "' is in use by " +
                                    (is_number ? "process " + who : "another process") +
                                    ": stop it, or choose another folder with --data"};
}

bool write_pid(int file) {
  const std::string text = std::to_string(getpid()) + "\n";
  return ftruncate(file, 0) == 0 &&
         pwrite(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

}  // namespace

result<folder_lock> folder_lock::take(const std::filesystem::path& folder) {
  if (auto why = make_folder(folder)) return *std::move(why);

  const std::string name = (folder / lock_file_name).string();
  const int file = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return unusable(folder, "is not writable (" + words_of(errno) + ")");
  folder_lock lock(file);

  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return taken(folder, file);
    return unusable(folder, "cannot be locked (" + words_of(errno) + ")");
  }
  if (!write_pid(file)) return unusable(folder, "is not writable (" + words_of(errno) + ")");
  return lock;
}

result<folder_lock> folder_lock::share(const std::filesystem::path& folder) {
  const std::string name = (folder / lock_file_name).string();
  const int file = open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return folder_lock();
    return unusable(folder, "is not readable (" + words_of(errno) + ")");
  }
  folder_lock lock(file);
  if (flock(file, LOCK_SH | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) return taken(folder, file);
  return unusable(folder, "cannot be locked (" + words_of(errno) + ")");
}

folder_lock::~folder_lock() {
  if (file_ >= 0) close(file_);
}

bool sync_folder(const std::filesystem::path& folder) {
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return false;
  const bool synced = fsync(file) == 0;
  close(file);
  return synced;
}

}  // namespace unscripted::storage
