#include "cli/screen.hpp"

#include "cli/failure.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/ioctl.h>
#include <unistd.h>

namespace unscripted::cli {

namespace {

// Another page, no cursor, and what is wider than a line is cut instead of wrapped.
constexpr std::string_view take_over = "\033[?1049h\033[?25l\033[?7l\033[2J";
constexpr std::string_view give_back = "\033[0m\033[?7h\033[?25h\033[?1049l";
constexpr std::size_t sequence_max = 8;

bool write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto size = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

std::size_t from_environment(const char* name, std::size_t fallback) {
  const char* const text = std::getenv(name);
  if (text == nullptr) return fallback;
  std::size_t size = 0;
  const auto* const end = text + std::strlen(text);
  const auto read = std::from_chars(text, end, size);
  const bool is_size = read.ec == std::errc{} && read.ptr == end && size > 0;
  return is_size ? std::min<std::size_t>(size, 1000) : fallback;
}

std::optional<key> key_of(char c) {
  switch (c) {
    case 'q':
    case 'Q': return key::quit;
    case ' ': return key::pause;
    case '+':
    case '=': return key::closer;
    case '-':
    case '_': return key::farther;
    case 'f':
    case 'F': return key::follow;
    case '0': return key::whole;
    default: return std::nullopt;
  }
}

std::optional<key> arrow_of(char c) {
  switch (c) {
    case 'A': return key::up;
    case 'B': return key::down;
    case 'C': return key::right;
    case 'D': return key::left;
    default: return std::nullopt;
  }
}

/// The bytes of the escape sequence at the beginning; 0 where its end has not come yet.
std::size_t sequence_size(std::string_view bytes) {
  if (bytes.size() < 2) return 0;
  if (bytes[1] != '[' && bytes[1] != 'O') return 1;
  for (std::size_t i = 2; i < bytes.size(); ++i) {
    if (bytes[i] >= '@' && bytes[i] <= '~') return i + 1;
    if (i == sequence_max) return i;
  }
  return 0;
}

}  // namespace

screen_size size_of_screen() {
  winsize size{};
  const bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  if (is_known && size.ws_row > 0) return {size.ws_col, size.ws_row};
  return {from_environment("COLUMNS", 80), from_environment("LINES", 24)};
}

bool has_colours() {
  const char* const no = std::getenv("NO_COLOR");
  const char* const kind = std::getenv("TERM");
  const bool is_unwanted = no != nullptr && *no != 0;
  return !is_unwanted && kind != nullptr && std::strcmp(kind, "dumb") != 0 &&
         isatty(STDOUT_FILENO) == 1;
}

std::vector<key> key_reader::take(std::string_view bytes) {
  rest_ += bytes;
  std::vector<key> pressed;
  while (!rest_.empty()) {
    std::size_t size = 1;
    auto found = key_of(rest_.front());
    if (rest_.front() == '\033') {
      size = sequence_size(rest_);
      if (size == 0) break;
      found = size == 3 ? arrow_of(rest_[2]) : std::nullopt;
    }
    if (found) pressed.push_back(*found);
    rest_.erase(0, size);
  }
  return pressed;
}

int open_keyboard() {
  std::array<char, 256> name;
  if (isatty(STDIN_FILENO) != 1 || ttyname_r(STDIN_FILENO, name.data(), name.size()) != 0)
    return -1;
  return open(name.data(), O_RDONLY | O_NOCTTY | O_CLOEXEC);
}

screen::screen() {
  if (tcgetattr(STDOUT_FILENO, &before_) != 0) {
    throw failed(std::string("the terminal does not tell its settings: ") + std::strerror(errno));
  }
  auto now = before_;
  now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  now.c_cc[VMIN] = 1;
  now.c_cc[VTIME] = 0;
  // Stopped by Ctrl-Z it would leave its page behind.
  now.c_cc[VSUSP] = _POSIX_VDISABLE;
  tcsetattr(STDOUT_FILENO, TCSANOW, &now);
  write_all(take_over);
}

screen::~screen() {
  write_all(give_back);
  tcsetattr(STDOUT_FILENO, TCSANOW, &before_);
}

bool screen::draw(const std::vector<std::string>& lines) {
  std::string out;
  if (drawn_.size() != lines.size()) {
    out += "\033[2J";
    drawn_.assign(lines.size(), "\n");  // no line is this
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i] == drawn_[i]) continue;
    out += "\033[" + std::to_string(i + 1) + ";1H\033[K" + lines[i] + "\033[0m";
    drawn_[i] = lines[i];
  }
  return write_all(out);
}

}  // namespace unscripted::cli
