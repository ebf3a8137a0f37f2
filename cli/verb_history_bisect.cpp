// `history bisect`: the first moment at which something holds.

#include "cli/history_verbs.hpp"
#include "cli/table.hpp"

#include <memory>

namespace unscripted::cli {

namespace dom = simdjson::dom;

namespace {

struct bisect_options : range_options {
  std::string when;
  bool scan = false;
};

/// A predicate that does not parse, with a mark under the character; else the refusal as it came.
[[noreturn]] void explain(const refused& error, const std::string& when) {
  const auto& why = error.why();
  if (why.data.empty()) throw error;
  const document data(why.data);
  const auto at = count_at(data.root(), "at");
  if (text_at(data.root(), "param") != "when" || at == 0) throw error;
  std::string line = when;
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  throw wrong_usage("--when: " + why.message + "\n  " + line + "\n  " + std::string(at - 1, ' ') +
                    '^');
}

std::string finding_text(dom::element result, bool is_scan) {
  const auto when = plain_at(result, "when");
  const auto place = "seq " + plain_at(result, "seq") + ", tick " + plain_at(result, "tick");
  const auto answer = text_at(result, "answer");
  std::string text;
  if (answer == "found") {
    text = when + " first holds at " + place;
  } else if (answer == "holds_from_the_start") {
    text = when + " holds from the start, " + place;
  } else if (is_scan) {
    text = when + " held at no moment up to " + place;
  } else {
    text =
        when + " does not hold at the end, " + place + "; --scan looks whether it held in between";
  }
  return text + "\nlooked at " + grouped(count_at(result, "states_looked_at")) +
         " states, replayed " + grouped(count_at(result, "records_replayed")) + " records\n";
}

int bisect(const bisect_options& options) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("world", options.world).member("when", options.when);
  write_range(json, options);
  json.member("scan", options.scan).member("progress", true).end_object();
  auto source = options.open();
  try {
    const auto result = source.call_long("history.bisect", params, "records");
    show(options, result, [&](dom::element r) { return finding_text(r, options.scan); });
    return text_at(result.root(), "answer") == "never_at_the_end" ? exit_refused : exit_ok;
  } catch (const refused& error) {
    explain(error, options.when);
  }
}

}  // namespace

void add_history_bisect(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(
      group, "bisect", "Find the first tick at which something holds",
      "unscripted history bisect eden --when 'count(bot) < 5'\n\n"
      "What can be compared: tick, seq, actions, count(KIND), deaths, deaths(CAUSE),\n"
      "world.PROPERTY, thing(ID).PROPERTY, thing(ID).x|y|z, and min, max, mean, sum of "
      "(KIND.PROPERTY);\nalive(ID) holds or not. Joined by and, or, not, + - * / and "
      "parentheses.\n\nThe search halves the history, which is right for what stays true once it "
      "is; --scan\nlooks at every moment instead. Ends with 1 where nothing was found.");
  auto o = std::make_shared<bisect_options>();
  add_range_options(*verb, *o);
  verb->add_option("--when", o->when, "What is to hold")->required()->type_name("PREDICATE");
  verb->add_flag("--scan", o->scan, "Look at every moment, not by halves");
  verb->callback([o, &chosen] { chosen = [o] { return bisect(*o); }; });
}

}  // namespace unscripted::cli
