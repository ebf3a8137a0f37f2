#include "plugins/crash_note.hpp"

#include "plugins/descriptor.hpp"
#include "plugins/words.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <sys/stat.h>

namespace unscripted::plugins {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_bytes_max = 1u << 20;

struct deadly_signal {
  int number;
  const char* name;
};

constexpr std::array<deadly_signal, 5> deadly_signals{{{SIGSEGV, "SIGSEGV"},
                                                       {SIGBUS, "SIGBUS"},
                                                       {SIGFPE, "SIGFPE"},
                                                       {SIGILL, "SIGILL"},
                                                       {SIGABRT, "SIGABRT"}}};

// -- leaving a note: all of it may run in a signal's handler --------------------------------------

std::atomic<int> notes{-1};  // the file's descriptor
static_assert(std::atomic<int>::is_always_lock_free);

std::array<struct sigaction, deadly_signals.size()> handlers_before;

/// One line, put together without memory from the heap.
class line {
public:
  line& operator<<(std::string_view text) noexcept {
    const std::size_t size = std::min(text.size(), bytes_.size() - size_);
    std::memcpy(bytes_.data() + size_, text.data(), size);
    size_ += size;
    return *this;
  }
  bool append_to(int file) const noexcept {
    return file >= 0 && ::write(file, bytes_.data(), size_) == static_cast<ssize_t>(size_);
  }

private:
  std::array<char, 256> bytes_;  // an id has 128 bytes, a hash 32, a function's name 32
  std::size_t size_ = 0;
};

// False where no plugin's function runs on this thread.
bool leave_note(std::string_view how) noexcept {
  const function_name* what = mark::running_here();
  if (!what) return false;
  line note;
  note << what->plugin << " " << what->hash << " " << what->function << " " << how << "\n";
  note.append_to(notes.load());
  return true;
}

// Notes, and leaves the rest to whoever was there before: most often the system, which ends the
// process by this signal and writes its core.
void on_crash(int number, siginfo_t* info, void*) {
  const int error_before = errno;
  for (std::size_t i = 0; i < deadly_signals.size(); ++i) {
    if (deadly_signals[i].number != number) continue;
    leave_note(deadly_signals[i].name);
    ::sigaction(number, &handlers_before[i], nullptr);
  }
  errno = error_before;
  // What the processor raised comes again on return; what somebody sent has to be sent again.
  if (info->si_code <= 0) ::raise(number);
}

// No orderly end: worlds are still alive on other threads, and nothing of them may be taken down.
// Whoever looks after the process sees that it broke, whatever code the plugin chose.
void on_exit() {
  if (leave_note("exit")) ::_exit(exit_by_plugin);
}

void install_handlers() {
  for (std::size_t i = 0; i < deadly_signals.size(); ++i) {
    struct sigaction handler {};
    handler.sa_sigaction = on_crash;
    handler.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigemptyset(&handler.sa_mask);
    ::sigaction(deadly_signals[i].number, &handler, &handlers_before[i]);
  }
  std::atexit(on_exit);
  std::at_quick_exit(on_exit);
}

// -- the file -------------------------------------------------------------------------------------

core::problem failure(const fs::path& file, const char* what) {
  return {core::errc::conflict,
          "notes of crashes in `" + to_line(file.string(), 256) + "`: " + what + ": " +
              std::strerror(errno) + "; check the folder's permissions and room",
          {}};
}

descriptor open_notes(const fs::path& file, int flags) {
  const int safe = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;  // not blocked where it is a pipe
  descriptor opened{::open(file.c_str(), flags | safe, 0600)};
  struct stat what {};
  if (!opened || (::fstat(opened.number(), &what) == 0 && S_ISREG(what.st_mode))) return opened;
  errno = EINVAL;
  return descriptor{};
}

bool is_hash(std::string_view text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

bool is_end(std::string_view text) {
  const auto same = [&](const deadly_signal& s) { return s.name == text; };
  return text == "exit" || text == "hang" ||
         std::any_of(deadly_signals.begin(), deadly_signals.end(), same);
}

std::optional<crash> parse(std::string_view text) {
  std::array<std::string_view, 4> words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t space = i + 1 < words.size() ? text.find(' ') : text.size();
    if (space == text.npos) return std::nullopt;
    words[i] = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  const auto [id, hash, function, how] = words;
  if (!is_plugin_id(id) || !is_hash(hash) || !is_name(function) || !is_end(how))
    return std::nullopt;
  return crash{std::string(id), std::string(hash), std::string(function), std::string(how)};
}

// The last bytes of the file, from the beginning of a line.
std::string read_end(int file) {
  struct stat what {};
  if (::fstat(file, &what) != 0) return {};
  const auto size = static_cast<std::size_t>(what.st_size);
  const std::size_t skipped = size > file_bytes_max ? size - file_bytes_max : 0;
  std::string bytes(size - skipped, '\0');
  std::size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t n =
        ::pread(file, bytes.data() + got, bytes.size() - got, static_cast<off_t>(skipped + got));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    got += static_cast<std::size_t>(n);
  }
  bytes.resize(got);
  if (skipped != 0) bytes.erase(0, std::min(bytes.find('\n'), bytes.size()));
  return bytes;
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(file, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool is_same_file(int a, int b) {
  struct stat one {
  }, other{};
  return a >= 0 && ::fstat(a, &one) == 0 && ::fstat(b, &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

}  // namespace

std::optional<core::problem> leave_notes_of_crashes(const fs::path& file) {
  static std::once_flag installed;
  const descriptor opened = open_notes(file, O_WRONLY | O_APPEND | O_CREAT);
  const int kept = opened ? ::fcntl(opened.number(), F_DUPFD_CLOEXEC, 0) : -1;
  if (kept < 0) return failure(file, "can't be opened");
  // The old one stays open: a handler may be about to write to it.
  if (const int old = notes.load(); old < 0) notes = kept;
  else if (::dup3(kept, old, O_CLOEXEC) < 0) return ::close(kept), failure(file, "can't be opened");
  else ::close(kept);
  std::call_once(installed, install_handlers);
  return std::nullopt;
}

bool note_hang(const fs::path& file, const long_call& call) {
  line note;
  note << call.plugin << " " << call.hash << " " << call.function << " hang\n";
  return note.append_to(open_notes(file, O_WRONLY | O_APPEND | O_CREAT).number());
}

std::vector<crash> read_crashes(const fs::path& file) {
  const descriptor opened = open_notes(file, O_RDONLY);
  if (!opened) return {};
  const std::string bytes = read_end(opened.number());
  std::vector<crash> out;
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (auto found = parse(rest.substr(0, end))) out.push_back(std::move(*found));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

std::optional<core::problem> forget_crashes(const fs::path& file, std::string_view id) {
  const descriptor old = open_notes(file, O_RDONLY);
  if (!old) return errno == ENOENT ? std::nullopt : std::optional{failure(file, "can't be read")};
  std::string kept;
  for (const crash& c : read_crashes(file))
    if (c.id != id) kept += c.id + " " + c.hash + " " + c.function + " " + c.how + "\n";

  fs::path fresh_name = file;
  fresh_name += ".new";
  ::unlink(fresh_name.c_str());
  const descriptor fresh = open_notes(fresh_name, O_WRONLY | O_APPEND | O_CREAT | O_EXCL);
  if (!fresh || !write_all(fresh.number(), kept) || ::fsync(fresh.number()) != 0 ||
      ::rename(fresh_name.c_str(), file.c_str()) != 0)
    return failure(file, "can't be written");
  // Notes that are yet to come belong into the new file.
  if (is_same_file(notes.load(), old.number())) ::dup3(fresh.number(), notes.load(), O_CLOEXEC);
  return std::nullopt;
}

}  // namespace unscripted::plugins
