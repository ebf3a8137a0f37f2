// The log of the process, on standard error: a line for each thing that its operator should know,
// as text for people or as JSON for programs. Never a secret.
//
// A line that comes again within ten seconds is counted, not written, and so are lines beyond the
// 64th of the same message, about the same one, within ten seconds, whatever else they say: how
// many came is said once the time is over, when something else is logged or tell_due() is called,
// or at the end.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unscripted::gateway {

enum class log_level : std::uint8_t { info, warning, error, critical };

const char* to_string(log_level l);
std::optional<log_level> parse_log_level(std::string_view text);

struct log_options {
  bool as_json = false;
  log_level least = log_level::info;
};

/// What a line says besides its words, in order.
using log_fields = std::vector<std::pair<std::string, std::string>>;

/// [any thread]
class logbook {
public:
  using clock = std::chrono::steady_clock;
  using sink = std::function<void(log_level, const std::string& line)>;

  explicit logbook(sink to) : sink_(std::move(to)) {}
  ~logbook() { tell_repeated(); }

  void configure(const log_options& options);
  void write(log_level l, const std::string& message, const log_fields& fields = {},
             clock::time_point now = clock::now());
  /// The same about one of several, whose lines do not count among those of others.
  void write_about(const std::string& whom, log_level l, const std::string& message,
                   const log_fields& fields, clock::time_point now = clock::now());
  /// Writes a line that must not be missed, however many there are: they are bounded elsewhere.
  void write_each(log_level l, const std::string& message, const log_fields& fields = {});
  /// Says what was only counted, where its time is over.
  void tell_due(clock::time_point now = clock::now());
  /// Says now what was only counted.
  void tell_repeated();

private:
  struct seen {
    log_level level;
    std::string text;
    clock::time_point first;
    std::uint64_t again = 0;
  };

  /// Lines of one message about the same one within one window.
  struct burst {
    log_level level;
    std::string message, whom;
    clock::time_point first;
    std::uint64_t written = 0, left_out = 0;
  };

  std::string to_line(log_level l, const std::string& message, const log_fields& fields) const;
  void end_windows(clock::time_point now);
  bool is_too_many(log_level l, const std::string& message, const std::string& whom,
                   clock::time_point now);
  void tell(const seen& s);
  void tell(const burst& b);

  std::mutex mutex_;
  sink sink_;
  log_options options_;
  std::deque<seen> recent_;   // oldest first
  std::deque<burst> bursts_;  // likewise
};

/// That of this process, which writes to standard error.
logbook& process_log();

}  // namespace unscripted::gateway
