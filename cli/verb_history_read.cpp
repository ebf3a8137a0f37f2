// `history read`: records, one line each.

#include "cli/history_verbs.hpp"
#include "cli/record_line.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

namespace unscripted::cli {

namespace {

struct read_options : world_source_options {
  std::uint64_t from = 0;  // 0: the first there is
  std::optional<std::uint64_t> to;
  std::uint64_t limit = 1000;
  std::string bot, thing, action, outcome;
};

constexpr std::uint64_t page_records = 1000;

/// What all pages share.
std::string filters_of(history_source& in, const read_options& options) {
  std::string filters;
  gateway::json_writer json(filters);
  json.member("world", options.world);
  if (options.to) json.member("to", *options.to);
  if (!options.bot.empty()) json.member("bot", find_thing(in, options.world, options.bot, {}));
  if (!options.thing.empty())
    json.member("thing", find_thing(in, options.world, options.thing, {}));
  if (!options.action.empty()) json.member("action", options.action);
  if (!options.outcome.empty()) json.member("outcome", options.outcome);
  return filters;
}

std::uint64_t first_seq(history_source& in, const std::string& world) {
  std::string params;
  gateway::json_writer(params).begin_object().member("world", world).end_object();
  const auto stats = in.call("history.stats", params);
  return std::max<std::uint64_t>(1, count_at(stats.root()["first"], "seq"));
}

document read_page(history_source& in, const std::string& filters, std::uint64_t from,
                   std::uint64_t limit) {
  std::string params = "{" + filters;
  params += ",\"from\":" + std::to_string(from) + ",\"limit\":" + std::to_string(limit) + '}';
  return in.call("history.read", params);
}

/// Returns how many it printed.
std::uint64_t print_page(const document& page, bool json) {
  std::uint64_t printed = 0;
  if (json) {
    for (const auto record : raw_items(raw_member(page.text(), "records"))) {
      std::fwrite(record.data(), 1, record.size(), stdout);
      std::fputc('\n', stdout);
      ++printed;
    }
  } else {
    simdjson::dom::array records;
    if (page.root()["records"].get(records) != simdjson::SUCCESS) return 0;
    for (const auto record : records) {
      std::puts(record_line(record).c_str());
      ++printed;
    }
  }
  if (std::fflush(stdout) != 0) throw failed("cannot write to standard output: it was closed");
  return printed;
}

int print_records(const read_options& options) {
  auto source = options.open();
  const auto filters = filters_of(source, options);
  auto from = options.from > 0 ? options.from : first_seq(source, options.world);
  std::uint64_t printed = 0;
  for (;;) {
    const auto page =
        read_page(source, filters, from, std::min(page_records, options.limit - printed));
    printed += print_page(page, options.json);
    from = count_at(page.root(), "next");
    if (from == 0) break;
    if (printed < options.limit) continue;
    if (!options.json) std::printf("more: --from %llu\n", static_cast<unsigned long long>(from));
    break;
  }
  if (printed == 0 && !options.json) std::puts("no records");
  return exit_ok;
}

}  // namespace

void add_history_read(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "read", "Print the records of a history, one a line",
                        "unscripted history read eden --from 1000 --limit 20 --action drink\n\n"
                        "In columns: sequence, tick, who, what, outcome and reason, effects. With "
                        "--json\neach line is a record as JSON.");
  auto o = std::make_shared<read_options>();
  add_world_option(*verb, o->world);
  verb->add_option("--from", o->from, "First sequence (default: the first there is)")
      ->check(positive())
      ->type_name("SEQ");
  verb->add_option("--to", o->to, "Last sequence (default: the last there is)")->type_name("SEQ");
  verb->add_option("--limit", o->limit, "The most to print")
      ->check(positive())
      ->type_name("N")
      ->capture_default_str();
  verb->add_option("--bot", o->bot, "Only what this bot did: its id, serial or name")
      ->type_name("ID");
  verb->add_option("--thing", o->thing, "Only what is about this thing, or changed it")
      ->type_name("ID");
  verb->add_option("--action", o->action, "Only this action, or another command: create, advance");
  verb->add_option("--outcome", o->outcome, "Only what ended so: done, refused or fault")
      ->check(CLI::IsMember({"done", "refused", "fault"}));
  add_source_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return print_records(*o); }; });
}

}  // namespace unscripted::cli
