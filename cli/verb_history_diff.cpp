// `history diff`: what differs between two moments, and where two worlds part.

#include "cli/history_verbs.hpp"
#include "cli/record_line.hpp"
#include "cli/table.hpp"

#include <memory>

namespace unscripted::cli {

namespace dom = simdjson::dom;

namespace {

struct diff_options : source_options {
  std::string a, b;
  std::uint32_t limit = 1000;
};

std::string side_text(const char* which, dom::element side) {
  return std::string(which) + "  " + plain_at(side, "name") + " (" + plain_at(side, "world") +
         ") at seq " + plain_at(side, "seq") + ", tick " + plain_at(side, "tick") + ", hash " +
         plain_at(side, "hash") + '\n';
}

std::string differences_text(dom::element result) {
  const auto total = count_at(result, "total");
  if (total == 0) return "nothing differs\n";
  auto text = grouped(total) + (total == 1 ? " difference\n" : " differences\n");
  table rows({"thing", "kind", "name", "what", "a", "b"});
  dom::array items;
  if (result["items"].get(items) != simdjson::SUCCESS) return text;
  std::uint64_t shown = 0;
  for (const auto d : items) {
    rows.add({serial_text(text_at(d, "thing")), plain_at(d, "kind"), plain_at(d, "name"),
              plain_at(d, "what"), plain_at(d, "a"), plain_at(d, "b")});
    ++shown;
  }
  if (!rows.empty()) text += rows.text();
  if (shown < total) text += "more: --limit " + std::to_string(total) + '\n';
  return text;
}

std::string parting_side(const char* which, dom::element parting) {
  dom::element record;
  if (parting[which].get(record) != simdjson::SUCCESS || record.is_null()) {
    return std::string(which) + "  has no record after that\n";
  }
  return std::string(which) + ' ' + record_line(record) + '\n';
}

std::string parting_text(dom::element result) {
  dom::element parting;
  if (result["parting"].get(parting) != simdjson::SUCCESS) return {};
  if (parting.is_null()) return plain_at(result, "why_no_parting") + '\n';
  std::string text;
  if (flag_at(parting, "parted_unseen")) {
    text = "they part before what both still have\n";
  } else {
    text = "the same up to seq " + plain_at(parting, "shared_seq") + "; then\n";
    text += parting_side("a", parting) + parting_side("b", parting);
  }
  dom::array notes;
  if (parting["notes"].get(notes) != simdjson::SUCCESS) return text;
  for (const auto note : notes) text += plain(note) + '\n';
  return text;
}

std::string diff_text(dom::element result) {
  return side_text("a", result["a"]) + side_text("b", result["b"]) + differences_text(result) +
         parting_text(result);
}

int diff(const diff_options& options) {
  const auto a = split_world(options.a), b = split_world(options.b);
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("world", a.world).member("other", b.world);
  write_moment(json, "at", a.at);
  write_moment(json, "other_at", b.at);
  json.member("limit", options.limit).member("progress", true).end_object();
  auto source = options.open();
  const auto result = source.call_long("history.diff", params, "records");
  show(options, result, diff_text);
  return count_at(result.root(), "total") == 0 ? exit_ok : exit_refused;
}

}  // namespace

void add_history_diff(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "diff", "Tell what differs, and where two worlds part",
                        "unscripted history diff eden@tick:9000 eden-2@tick:9000\n\n"
                        "Ends with 0 where nothing differs, else with 1.");
  auto o = std::make_shared<diff_options>();
  verb->add_option("a", o->a, "Name or id of a world, with @seq:N or @tick:N for a moment of it")
      ->required()
      ->type_name("WORLD[@AT]");
  verb->add_option("b", o->b, "The other; it may be the same world")
      ->required()
      ->type_name("WORLD[@AT]");
  verb->add_option("--limit", o->limit, "The most to show")
      ->check(CLI::Range(0, 10'000))
      ->type_name("N")
      ->capture_default_str();
  add_source_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return diff(*o); }; });
}

}  // namespace unscripted::cli
