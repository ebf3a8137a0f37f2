#include "cli/progress_bar.hpp"

#include "cli/table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace unscripted::cli {

namespace {

constexpr std::chrono::milliseconds redraw_every{250};
constexpr std::size_t bar_columns = 24;

std::size_t terminal_columns() {
  winsize size{};
  const bool is_known = ioctl(fileno(stderr), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return is_known ? size.ws_col : 80;
}

/// Cut to so many columns, between code points.
std::string cut(std::string text, std::size_t columns) {
  while (width(text) > columns) {
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) {
      text.pop_back();
    }
    if (!text.empty()) text.pop_back();
  }
  return text;
}

}  // namespace

progress_bar::progress_bar(std::string unit)
  : unit_(std::move(unit)), is_terminal_(isatty(fileno(stderr)) == 1) {}

progress_bar::~progress_bar() {
  if (!is_drawn_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
}

bool progress_bar::is_due(std::uint64_t done) {
  if (!is_terminal_) return false;
  const auto now = clock::now();
  if (began_ == clock::time_point{}) {
    began_ = now;
    first_ = done;
  }
  return now - drawn_at_ >= redraw_every;
}

void progress_bar::update(std::uint64_t done, std::uint64_t total) {
  if (!is_due(done)) return;
  const std::chrono::duration<double> took = clock::now() - began_;
  const double rate =
      took.count() > 0 && done > first_ ? static_cast<double>(done - first_) / took.count() : 0;
  draw(done, total, progress_text(done, total, unit_, rate));
}

void progress_bar::update(std::uint64_t done, std::uint64_t total, std::string_view text) {
  if (is_due(done)) draw(done, total, text);
}

void progress_bar::draw(std::uint64_t done, std::uint64_t total, std::string_view text) {
  drawn_at_ = clock::now();
  is_drawn_ = true;
  std::string line = total > 0 ? bar_text(done, total, bar_columns) + ' ' : std::string();
  line += text;
  std::fprintf(stderr, "\r\033[K%s", cut(std::move(line), terminal_columns() - 1).c_str());
  std::fflush(stderr);
}

std::string progress_text(std::uint64_t done, std::uint64_t total, std::string_view unit,
                          double per_second) {
  std::string text = grouped(done);
  if (total > 0) text += " of " + grouped(total);
  text += ' ';
  text += unit;
  if (per_second <= 0) return text;
  text += " · " + grouped(per_second) + ' ';
  text += unit;
  text += "/s";
  if (total <= done) return text;
  return text + " · " + duration_text(static_cast<double>(total - done) / per_second) + " left";
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::ceil(std::clamp(seconds, 0.0, 1e9)));
  const auto minutes = whole / 60, hours = minutes / 60;
  if (minutes == 0) return std::to_string(whole) + " s";
  if (hours == 0) return std::to_string(minutes) + " min " + std::to_string(whole % 60) + " s";
  return grouped(hours) + " h " + std::to_string(minutes % 60) + " min";
}

std::string bar_text(std::uint64_t done, std::uint64_t total, std::size_t columns) {
  const double part =
      total > 0 ? std::min(1.0, static_cast<double>(done) / static_cast<double>(total)) : 0;
  const auto full = static_cast<std::size_t>(part * static_cast<double>(columns));
  return '[' + std::string(full, '#') + std::string(columns - full, '-') + ']';
}

}  // namespace unscripted::cli
