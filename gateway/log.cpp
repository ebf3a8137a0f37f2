#include "gateway/log.hpp"

#include "gateway/json_writer.hpp"
#include "storage/clock.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace unscripted::gateway {

namespace {

constexpr std::array<const char*, 4> level_names = {"info", "warning", "error", "critical"};
constexpr std::chrono::seconds repeat_window{10};
constexpr std::size_t recent_max = 64;
constexpr std::uint64_t burst_max = 64;  // lines

spdlog::level::level_enum to_spdlog(log_level l) {
  constexpr std::array known = {spdlog::level::info, spdlog::level::warn, spdlog::level::err,
                                spdlog::level::critical};
  return known[static_cast<std::size_t>(l)];
}

std::string utc_now() {
  const std::int64_t ms = storage::unix_ms();
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text;
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text.data() + size, text.size() - size, ".%03dZ", static_cast<int>(ms % 1000));
  return text.data();
}

// A value with blanks or quotes is quoted, so that a line can be taken apart again.
std::string in_text(const std::string& value) {
  if (!value.empty() && value.find_first_of(" \"=\n\\") == value.npos) return value;
  std::string quoted;
  append_json_text(quoted, value);
  return quoted;
}

std::string as_text(const std::string& message, const log_fields& fields) {
  std::string line = message;
  for (const auto& [name, value] : fields)
    line.append(" ").append(name).append("=").append(in_text(value));
  return line;
}

}  // namespace

const char* to_string(log_level l) { return level_names[static_cast<std::size_t>(l)]; }

std::optional<log_level> parse_log_level(std::string_view text) {
  for (std::size_t i = 0; i < level_names.size(); ++i)
    if (text == level_names[i]) return static_cast<log_level>(i);
  return std::nullopt;
}

void logbook::configure(const log_options& options) {
  const std::lock_guard lock{mutex_};
  options_ = options;
}

std::string logbook::to_line(log_level l, const std::string& message,
                             const log_fields& fields) const {
  if (!options_.as_json) return as_text(message, fields);
  std::string line;
  json_writer json{line};
  json.begin_object().member("time", utc_now()).member("level", to_string(l));
  json.member("message", message);
  for (const auto& [name, value] : fields) json.member(name, value);
  json.end_object();
  return line;
}

void logbook::write(log_level l, const std::string& message, const log_fields& fields,
                    clock::time_point now) {
  write_about({}, l, message, fields, now);
}

void logbook::write_about(const std::string& whom, log_level l, const std::string& message,
                          const log_fields& fields, clock::time_point now) {
  const std::lock_guard lock{mutex_};
  end_windows(now);
  if (l < options_.least) return;
  std::string text = as_text(message, fields);
  const auto known = std::find_if(recent_.begin(), recent_.end(),
                                  [&](const seen& s) { return s.level == l && s.text == text; });
  if (known != recent_.end()) return void(++known->again);
  if (is_too_many(l, message, whom, now)) return;
  recent_.push_back({l, std::move(text), now, 0});
  sink_(l, to_line(l, message, fields));
}

void logbook::write_each(log_level l, const std::string& message, const log_fields& fields) {
  const std::lock_guard lock{mutex_};
  if (l >= options_.least) sink_(l, to_line(l, message, fields));
}

// What is over, and the oldest of what would be too much to remember.
void logbook::end_windows(clock::time_point now) {
  const auto end = [&](auto& all) {
    while (!all.empty() && (now - all.front().first > repeat_window || all.size() >= recent_max)) {
      tell(all.front());
      all.pop_front();
    }
  };
  end(recent_);
  end(bursts_);
}

// Counts the line.
bool logbook::is_too_many(log_level l, const std::string& message, const std::string& whom,
                          clock::time_point now) {
  const auto known = std::find_if(bursts_.begin(), bursts_.end(), [&](const burst& b) {
    return b.level == l && b.message == message && b.whom == whom;
  });
  if (known == bursts_.end()) {
    bursts_.push_back({l, message, whom, now, 1, 0});
    return false;
  }
  const bool is_beyond = known->written == burst_max;
  ++(is_beyond ? known->left_out : known->written);
  return is_beyond;
}

void logbook::tell(const burst& b) {
  if (b.left_out == 0) return;
  log_fields fields = {{"line", b.message}};
  if (!b.whom.empty()) fields.emplace_back("about", b.whom);
  fields.emplace_back("times", std::to_string(b.left_out));
  sink_(b.level, to_line(b.level, "lines came too often, and were only counted", fields));
}

void logbook::tell(const seen& s) {
  if (s.again == 0) return;
  sink_(s.level, to_line(s.level, "a line came again, and was only counted",
                         {{"line", s.text}, {"times", std::to_string(s.again)}}));
}

void logbook::tell_repeated() {
  const std::lock_guard lock{mutex_};
  for (const seen& s : recent_) tell(s);
  for (const burst& b : bursts_) tell(b);
  recent_.clear();
  bursts_.clear();
}

void logbook::tell_due(clock::time_point now) {
  const std::lock_guard lock{mutex_};
  end_windows(now);
}

logbook& process_log() {
  static const auto out = spdlog::stderr_color_mt("unscripted");
  static logbook book{[](log_level l, const std::string& line) {
    const bool is_json = line.starts_with('{');
    out->set_pattern(is_json ? "%v" : "%+");
    out->log(to_spdlog(l), "{}", line);
    out->flush();
  }};
  return book;
}

}  // namespace unscripted::gateway
