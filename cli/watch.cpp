#include "cli/watch.hpp"

#include "cli/table.hpp"
#include "core/settings.hpp"
#include "gateway/json_writer.hpp"

#include <algorithm>
#include <sys/ioctl.h>
#include <unistd.h>

namespace unscripted::cli {

namespace {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

constexpr milliseconds redraw_every{250};  // on a terminal
constexpr milliseconds line_every{2000};   // elsewhere
constexpr milliseconds check_every{20};    // whether the world stands still

constexpr double days_per_year = year_seconds / (24 * 3600);

double seconds_between(const world_sample& a, const world_sample& b) {
  return std::chrono::duration<double>(b.at - a.at).count();
}

double rate(std::uint64_t from, std::uint64_t to, double seconds) {
  return seconds > 0 && to > from ? static_cast<double>(to - from) / seconds : 0;
}

/// Years, or days where that is less than one.
std::string life_text(double years) {
  return years >= 1 ? grouped(years) + " years" : grouped(years * days_per_year) + " days";
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

/// Where the status goes: two lines redrawn in place on a terminal, else one line now and then.
class status_display {
public:
  explicit status_display(bool json)
    : out_(json ? stderr : stdout), is_terminal_(isatty(fileno(out_)) == 1) {
    is_silent_ = json && !is_terminal_;
  }
  ~status_display() {
    if (is_drawn_) std::fputs("\r\033[J", out_);
    std::fflush(out_);
  }

  milliseconds every() const { return is_terminal_ ? redraw_every : line_every; }

  /// False once nobody can read it any more.
  bool show(const status& now) {
    if (is_silent_) return true;
    if (is_terminal_) {
      const auto most = columns() - 1;
      std::fprintf(out_, "\r\033[J%s\n%s\r\033[A", cut(now.speed, most).c_str(),
                   cut(now.life, most).c_str());
      is_drawn_ = true;
    } else {
      std::fprintf(out_, "%s · %s\n", now.speed.c_str(), now.life.c_str());
    }
    return std::fflush(out_) == 0;
  }

private:
  std::size_t columns() const {
    winsize size{};
    const bool is_known = ioctl(fileno(out_), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return is_known ? size.ws_col : 80;
  }

  std::FILE* out_;
  bool is_terminal_, is_silent_ = false, is_drawn_ = false;
};

bool is_over(const watch_settings& settings, const world_sample& now) {
  if (settings.until_paused && now.is_paused) return true;
  if (settings.seconds && seconds_between(settings.first, now) >= *settings.seconds) return true;
  if (settings.clients != nullptr && settings.clients->counts().living == 0) return true;
  return now.population == 0;
}

milliseconds time_left(const watch_settings& settings) {
  if (!settings.seconds) return line_every;
  const auto end = settings.first.at + std::chrono::duration<double>(*settings.seconds);
  const auto left = std::chrono::ceil<milliseconds>(end - clock::now());
  return std::max(left, milliseconds(1));
}

/// How long to look away.
milliseconds pause_of(const watch_settings& settings, milliseconds redraw) {
  auto pause = std::min(redraw, time_left(settings));
  if (settings.until_paused) pause = std::min(pause, check_every);
  if (settings.clients != nullptr) pause = std::min(pause, redraw_every);
  return pause;
}

/// Nothing where the server stopped, or is about to.
std::optional<world_sample> sample_unless_gone(client& server, const std::string& world) {
  try {
    return sample_world(server, world);
  } catch (const cannot_connect&) {
    return std::nullopt;
  } catch (const refused& error) {
    if (error.why().reason == "shutting_down") return std::nullopt;
    throw;
  }
}

}  // namespace

double run_result::seconds() const { return seconds_between(first, last); }
double run_result::ticks_per_s() const { return rate(first.tick, last.tick, seconds()); }
double run_result::actions_per_s() const { return rate(first.actions, last.actions, seconds()); }

status status_of(const world_sample& before, const world_sample& now) {
  const double seconds = seconds_between(before, now);
  const double ticks_per_s = rate(before.tick, now.tick, seconds);
  const double actions_per_s = rate(before.actions, now.actions, seconds);
  return {"tick " + grouped(now.tick) + " · " + grouped(ticks_per_s) + " ticks/s · " +
              grouped(actions_per_s) + " actions/s · " + grouped(ticks_per_s * core::tick_seconds) +
              " × real time",
          life_text(years_of(now.actions)) + " lived · " + life_text(years_an_hour(actions_per_s)) +
              " an hour · " + grouped(now.population) +
              " bots · deaths: " + deaths_text(now.deaths)};
}

run_result watch(client& server, const watch_settings& settings, stop_flag& stop) {
  run_result run{.first = settings.first, .last = settings.first, .trouble = {}};
  status_display display(settings.json);
  auto shown = run.first;
  do {
    if (stop.wait_for(pause_of(settings, display.every()))) break;
    const auto now = sample_unless_gone(server, run.first.id);
    run.is_server_gone = !now;
    if (!now) break;
    run.last = *now;
    if (run.last.at - shown.at < display.every()) continue;
    if (!display.show(status_of(shown, run.last))) stop.set();
    shown = run.last;
  } while (!is_over(settings, run.last));
  if (settings.clients != nullptr && !run.is_server_gone) {
    run.trouble = settings.clients->first_error();
  }
  return run;
}

namespace {

std::string summary_json(const run_result& run) {
  std::string out;
  gateway::json_writer json(out);
  json.begin_object()
      .member("world", run.last.name)
      .member("seed", run.last.seed)
      .member("tick", run.last.tick)
      .member("ticks_per_s", run.ticks_per_s())
      .member("actions", run.last.actions)
      .member("actions_per_s", run.actions_per_s())
      .member("years_per_hour", years_an_hour(run.actions_per_s()))
      .member("years_lived", years_of(run.last.actions))
      .member("population", run.last.population);
  json.key("deaths").begin_object();
  for (const auto& [cause, count] : run.last.deaths) json.member(cause, count);
  json.end_object().member("seq", run.last.seq).member("hash", run.last.hash);
  json.key("run").begin_object();
  json.member("seconds", run.seconds()).member("ticks", run.last.tick - run.first.tick);
  json.member("actions", run.last.actions - run.first.actions).end_object().end_object();
  return out;
}

std::string summary_text(const run_result& run) {
  const auto& w = run.last;
  field_list fields;
  fields.add("world", w.name + ", seed " + std::to_string(w.seed));
  fields.add("this run", grouped(w.tick - run.first.tick) + " ticks and " +
                             grouped(w.actions - run.first.actions) + " actions in " +
                             grouped(run.seconds()) + " s");
  fields.add("speed", grouped(run.ticks_per_s()) + " ticks/s, " + grouped(run.actions_per_s()) +
                          " actions/s, " + grouped(run.ticks_per_s() * core::tick_seconds) +
                          " × real time");
  fields.add("an hour of this",
             life_text(years_an_hour(run.actions_per_s())) + " of life, of all bots together");
  fields.add("since it began", grouped(w.tick) + " ticks, " + grouped(w.actions) + " actions, " +
                                   life_text(years_of(w.actions)) + " lived by all bots");
  fields.add("population", grouped(w.population) + " bots");
  fields.add("deaths", deaths_text(w.deaths));
  fields.add("history", grouped(w.seq) + " records, state hash " + w.hash);
  return fields.text();
}

}  // namespace

void print_summary(const run_result& run, bool json) {
  if (run.is_server_gone) std::fputs("unscripted: the server was stopped\n", stderr);
  if (!run.trouble.empty()) std::fprintf(stderr, "unscripted: %s\n", run.trouble.c_str());
  if (json) {
    std::puts(summary_json(run).c_str());
  } else {
    std::printf("\n%s", summary_text(run).c_str());
  }
  std::fflush(stdout);
}

}  // namespace unscripted::cli
