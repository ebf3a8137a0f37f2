// `history replay`: a history goes by again, as fast as it can be checked or at a speed.

#include "cli/history_verbs.hpp"
#include "cli/table.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <memory>
#include <set>
#include <unistd.h>

namespace unscripted::cli {

namespace dom = simdjson::dom;

namespace {

struct replay_options : range_options {
  std::string speed = "max";
};

constexpr double speed_min = 1e-3, speed_max = 1e6;  // as the protocol has it
constexpr std::chrono::seconds line_every{2};        // elsewhere than on a terminal

/// 0 is as fast as it can.
double parse_speed(const std::string& text) {
  if (text == "max") return 0;
  double x = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, x);
  if (error == std::errc{} && stop == end && x >= speed_min && x <= speed_max) return x;
  throw wrong_usage("--speed: \"" + text + "\" is neither max nor a number from 0.001 to 1000000");
}

int replay_at_once(history_source& source, const replay_options& options) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("world", options.world);
  write_range(json, options);
  json.member("progress", true).end_object();
  return show(options, source.call_long("history.replay", params, "records"), [](dom::element r) {
    return grouped(count_at(r, "records")) + " records in " + grouped(number_at(r, "seconds")) +
           " s, " + grouped(number_at(r, "records_per_s")) + " records/s\nseq " +
           plain_at(r, "seq") + ", tick " + plain_at(r, "tick") + ", hash " + plain_at(r, "hash") +
           '\n';
  });
}

// -- at a speed ----------------------------------------------------------------------------------

/// What a subscription tells of the bots.
class living_bots {
public:
  void take(dom::element event) {
    dom::element params;
    if (event["params"].get(params) != simdjson::SUCCESS) return;
    seq_ = count_at(params, "seq", seq_);
    tick_ = count_at(params, "tick", tick_);
    if (text_at(event, "method") == "snapshot") {
      ids_.clear();
      each(params, "things", [&](dom::element thing) { add(thing); });
      return;
    }
    each(params, "died", [&](dom::element dead) { bury(dead); });
    each(params, "del", [&](dom::element id) { ids_.erase(plain(id)); });
    each(params, "add", [&](dom::element thing) { births_ += add(thing) ? 1 : 0; });
  }

  std::uint64_t seq() const { return seq_; }
  std::uint64_t tick() const { return tick_; }
  std::uint64_t living() const { return ids_.size(); }
  std::uint64_t births() const { return births_; }
  std::uint64_t deaths() const { return deaths_; }

private:
  template <class See>
  static void each(dom::element object, const char* name, const See& see) {
    dom::array items;
    if (object[name].get(items) != simdjson::SUCCESS) return;
    for (const auto item : items) see(item);
  }

  bool add(dom::element thing) {
    if (text_at(thing, "kind") != "bot") return false;
    return ids_.emplace(text_at(thing, "id")).second;
  }
  /// An heir may be born and dead between two events.
  void bury(dom::element dead) {
    ++deaths_;
    if (ids_.erase(std::string(text_at(dead, "id"))) == 0) ++births_;
  }

  std::set<std::string> ids_;
  std::uint64_t seq_ = 0, tick_ = 0, births_ = 0, deaths_ = 0;
};

std::string lives_text(const living_bots& bots) {
  return "tick " + grouped(bots.tick()) + " · " + grouped(bots.living()) + " bots · " +
         grouped(bots.births()) + " births · " + grouped(bots.deaths()) + " deaths";
}

std::string first_moment(history_source& source, const replay_options& options) {
  if (!options.from.empty()) return options.from;
  std::string params;
  gateway::json_writer(params).begin_object().member("world", options.world).end_object();
  const auto stats = source.call("history.stats", params);
  return "seq:" + std::to_string(count_at(stats.root()["base"], "seq"));
}

document begin(history_source& source, const replay_options& options, double speed) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("world", options.world).member("speed", speed);
  write_moment(json, "at", first_moment(source, options));
  write_moment(json, "to", options.to);
  json.end_object();
  return source.call("subscribe", params);
}

/// The tick at which it ends.
std::uint64_t last_tick(const document& begun, const replay_options& options) {
  const auto to = options.to.empty() ? std::nullopt : parse_moment(options.to);
  if (to && to->in == moment::unit::tick) return to->value;
  return count_at(begun.root()["last"], "tick");
}

/// Shows how it goes until it has ended; returns why it ended early, or nothing.
std::string watch(history_source& source, const replay_options& options, const document& begun,
                  living_bots& bots) {
  const auto first = count_at(begun.root(), "tick"), last = last_tick(begun, options);
  const bool is_terminal = isatty(fileno(stderr)) == 1;
  progress_bar bar("ticks");
  auto said_at = std::chrono::steady_clock::now();
  for (;;) {
    const auto event = source.server().next_event();
    bots.take(event.root());
    if (text_at(event.root(), "method") == "ended") {
      return std::string(text_at(event.root()["params"], "trouble"));
    }
    bar.update(bots.tick() - std::min(first, bots.tick()), last - std::min(first, last),
               lives_text(bots));
    const auto now = std::chrono::steady_clock::now();
    if (is_terminal || options.json || now - said_at < line_every) continue;
    said_at = now;
    std::puts(lives_text(bots).c_str());
    std::fflush(stdout);
  }
}

int replay_at_speed(history_source& source, const replay_options& options, double speed) {
  const auto begun = begin(source, options, speed);
  living_bots bots;
  const auto trouble = watch(source, options, begun, bots);
  if (!trouble.empty()) throw failed("the replay ended early: " + trouble);
  std::string result;
  gateway::json_writer(result)
      .begin_object()
      .member("seq", bots.seq())
      .member("tick", bots.tick())
      .member("bots", bots.living())
      .member("births", bots.births())
      .member("deaths", bots.deaths())
      .end_object();
  return show(options, document(result), [&](auto) { return "ended: " + lives_text(bots) + '\n'; });
}

int replay(const replay_options& options) {
  const double speed = parse_speed(options.speed);
  auto source = options.open();
  return speed > 0 ? replay_at_speed(source, options, speed) : replay_at_once(source, options);
}

}  // namespace

void add_history_replay(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "replay", "Let a history go by again, checking every hash",
                        "unscripted history replay eden --from tick:9000 --speed 100\n\n"
                        "Speed 1 is life: a tick every 0.576 s. With max it goes as fast as it "
                        "can be\nchecked, and the records per second are told at the end.");
  auto o = std::make_shared<replay_options>();
  add_range_options(*verb, *o);
  verb->add_option("--speed", o->speed, "max, or so many times life")
      ->type_name("X|max")
      ->capture_default_str();
  verb->callback([o, &chosen] { chosen = [o] { return replay(*o); }; });
}

}  // namespace unscripted::cli
