// `history prune` and `history retain`: how much of a history is kept.

#include "cli/history_verbs.hpp"
#include "cli/table.hpp"

#include <charconv>
#include <memory>

namespace unscripted::cli {

namespace {

struct prune_options : client_options {
  std::string world, before;
  std::uint32_t keep_days = 0;
};

struct retain_options : client_options {
  std::string world, days;
};

std::string days_text(std::uint64_t days) {
  if (days == 0) return "for ever";
  return grouped(days) + (days == 1 ? " day" : " days");
}

int retain_days(const client_options& options, const std::string& world, std::uint32_t days) {
  std::string params;
  gateway::json_writer(params)
      .begin_object()
      .member("world", world)
      .member("keep_days", days)
      .end_object();
  auto server = options.connect();
  return show(options, server.call("history.retain", params), [&](simdjson::dom::element r) {
    return "records of " + world + " are kept " + days_text(count_at(r, "keep_days")) + "; " +
           grouped(count_at(r, "records")) + " were older and are gone\n";
  });
}

int prune(const prune_options& options) {
  if (options.before.empty() == (options.keep_days == 0)) {
    throw wrong_usage("--before and --keep-days: give one of them");
  }
  if (options.before.empty()) return retain_days(options, options.world, options.keep_days);
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("world", options.world);
  write_moment(json, "before", options.before);
  json.end_object();
  auto server = options.connect();
  return show(options, server.call("history.prune", params), [](simdjson::dom::element r) {
    return grouped(count_at(r, "records")) + " records are gone; the history begins with the " +
           "state after seq " + plain_at(r["base"], "seq") + ", tick " +
           plain_at(r["base"], "tick") + '\n';
  });
}

std::uint32_t parse_days(const std::string& text) {
  if (text == "forever") return 0;
  std::uint32_t days = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, days);
  if (error == std::errc{} && stop == end && days > 0) return days;
  throw wrong_usage("--days: \"" + text + "\" is neither a number of days from 1 nor forever");
}

int retain(const retain_options& options) {
  return retain_days(options, options.world, parse_days(options.days));
}

}  // namespace

void add_history_keeping(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "prune", "Take the records before a moment away, for good",
                        "unscripted history prune eden --before tick:9000\n\n"
                        "The rest can be proved as before. --keep-days is also kept to from now "
                        "on, as with\n`history retain`.");
  auto p = std::make_shared<prune_options>();
  add_world_option(*verb, p->world);
  add_moment_option(*verb, "--before", p->before, "The first moment that stays");
  verb->add_option("--keep-days", p->keep_days, "Take away what is older than so many days")
      ->check(positive())
      ->type_name("N");
  add_client_options(*verb, *p);
  verb->callback([p, &chosen] { chosen = [p] { return prune(*p); }; });

  auto* keep = add_verb(group, "retain", "Set how long the records of a world are kept",
                        "unscripted history retain eden --days 30\n\n"
                        "What is older goes at once, and from then on once in a while.");
  auto r = std::make_shared<retain_options>();
  add_world_option(*keep, r->world);
  keep->add_option("--days", r->days, "So many days, or forever")
      ->required()
      ->type_name("N|forever");
  add_client_options(*keep, *r);
  keep->callback([r, &chosen] { chosen = [r] { return retain(*r); }; });
}

}  // namespace unscripted::cli
