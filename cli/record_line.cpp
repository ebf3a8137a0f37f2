#include "cli/record_line.hpp"

#include "cli/document.hpp"
#include "cli/table.hpp"
#include "core/ids.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace unscripted::cli {

namespace dom = simdjson::dom;

namespace {

constexpr std::string_view gap = "  ";

/// At most six significant digits.
std::string short_number(double x) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.6g", x);
  return text.data();
}

/// As plain(), with short numbers, and serials for ids.
std::string short_value(dom::element value) {
  double x = 0;
  if (value.is<double>() && value.get(x) == simdjson::SUCCESS) return short_number(x);
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return serial_text(text);
  return plain(value);
}

std::string short_value_at(dom::element object, std::string_view name) {
  dom::element value;
  return object[name].get(value) == simdjson::SUCCESS ? short_value(value) : "-";
}

/// (x, z): nothing in a world is above another yet, unless it says so.
std::string place_at(dom::element object) {
  dom::array pos;
  if (object["pos"].get(pos) != simdjson::SUCCESS) return "?";
  std::vector<double> metres;
  for (const auto part : pos) {
    double x = 0;
    if (part.get(x) == simdjson::SUCCESS) metres.push_back(x);
  }
  if (metres.size() != 3) return "?";
  const bool is_on_the_ground = metres[1] == 0;
  return '(' + short_number(metres[0]) + ", " +
         (is_on_the_ground ? "" : short_number(metres[1]) + ", ") + short_number(metres[2]) + ')';
}

std::string arguments_of(dom::element command) {
  std::string text;
  dom::object args;
  if (command["args"].get(args) != simdjson::SUCCESS) return text;
  for (const auto [key, value] : args) {
    text += ' ' + printable(key) + '=' + short_value(value);
  }
  return text;
}

std::string act_text(dom::element command) {
  auto text = std::string(text_at(command, "action"));
  const auto target = text_at(command, "target");
  const auto id = core::parse_id(target);
  const bool is_other =
      id && id->thing != core::world_serial && target != text_at(command, "agent");
  if (is_other) text += " at " + serial_text(target);
  text += arguments_of(command);
  if (flag_at(command, "absent")) text += " (nobody spoke for it)";
  return text;
}

std::string command_text(dom::element command) {
  const auto type = text_at(command, "type");
  if (type == "act") return act_text(command);
  auto text = std::string(type);
  if (type == "found") text += ' ' + plain_at(command, "name");
  if (type == "create") {
    text += ' ' + plain_at(command, "kind");
    if (!text_at(command, "name").empty()) text += ' ' + plain_at(command, "name");
  }
  if (type == "update" || type == "remove") text += ' ' + short_value_at(command, "thing");
  return text;
}

/// The change of a property, as "drink = 0.5" or "drink +0.25".
std::string property_text(dom::element effect, bool is_added) {
  dom::element slot;
  auto text = effect["property"].get(slot) == simdjson::SUCCESS
                  ? plain(slot)
                  : "property " + short_value_at(effect, "slot");
  const auto value = short_value_at(effect, "value");
  if (!is_added) return text + " = " + value;
  return text + (value.starts_with('-') ? " " : " +") + value;
}

std::string end_text(dom::element effect) {
  const auto cause = text_at(effect, "cause");
  if (cause.empty()) return "taken away";
  auto text = "died of " + std::string(cause);
  const auto heir = text_at(effect, "heir");
  if (!heir.empty()) text += ", heir " + serial_text(heir);
  return text;
}

/// The world in the place of a carrier is the ground.
std::string hands_text(dom::element effect) {
  const auto carrier = text_at(effect, "carrier");
  const auto id = core::parse_id(carrier);
  if (id && id->thing == core::world_serial) return "set down";
  return "carried by " + serial_text(carrier);
}

std::string plugins_text(dom::element effect) {
  std::string text = "plugins:";
  dom::array plugins;
  if (effect["plugins"].get(plugins) != simdjson::SUCCESS) return text;
  for (const auto p : plugins) text += ' ' + plain_at(p, "id") + ' ' + plain_at(p, "version") + ',';
  text.pop_back();
  return text;
}

/// What happened to the thing, without its name; empty where it is not worth a word.
std::string effect_text(dom::element effect) {
  const auto type = text_at(effect, "type");
  if (type == "created") return "born at " + place_at(effect);
  if (type == "removed") return end_text(effect);
  if (type == "moved") return "moved to " + place_at(effect);
  if (type == "carried") return hands_text(effect);
  if (type == "set") return property_text(effect, false);
  if (type == "added") return property_text(effect, true);
  if (type == "ticked") return "tick " + plain_at(effect, "tick") + " begins";
  if (type == "configured") return "settings changed";
  if (type == "catalogued") return plugins_text(effect);
  return {};
}

std::string effects_text(dom::element record, std::string_view agent) {
  std::string text;
  std::string subject(agent);  // of the words so far
  dom::array effects;
  if (record["effects"].get(effects) != simdjson::SUCCESS) return text;
  for (const auto effect : effects) {
    const auto words = effect_text(effect);
    if (words.empty()) continue;
    const auto thing = text_at(effect, "thing");
    if (!text.empty()) text += "; ";
    if (!thing.empty() && thing != subject) {
      const auto kind = text_at(effect, "kind");
      text += (kind.empty() ? "thing" : std::string(kind)) + ' ' + serial_text(thing) + ' ';
      subject = thing;
    }
    text += words;
  }
  return text;
}

void append_padded(std::string& out, std::string_view text, std::size_t columns) {
  out += text;
  out.append(columns - std::min(columns, width(text)), ' ');
  out += gap;
}

}  // namespace

std::string serial_text(std::string_view id) {
  const auto parsed = core::parse_id(id);
  return parsed ? std::to_string(parsed->thing) : std::string(id);
}

record_words words_of(dom::element record) {
  record_words words;
  words.seq = plain_at(record, "seq");
  words.tick = plain_at(record, "tick");
  dom::element command;
  std::string_view agent;
  if (record["command"].get(command) == simdjson::SUCCESS) {
    agent = text_at(command, "agent");
    words.what = command_text(command);
  }
  words.who = agent.empty() ? "-" : "bot " + serial_text(agent);
  words.outcome = plain_at(record, "outcome");
  dom::element reason;
  if (record["reason"].get(reason) == simdjson::SUCCESS) words.outcome += ": " + plain(reason);
  words.effects = effects_text(record, agent);
  return words;
}

std::string record_line(dom::element record) {
  const auto words = words_of(record);
  std::string line;
  for (const auto& number : {words.seq, words.tick}) {
    constexpr std::size_t columns = 8;
    line.append(columns - std::min(columns, number.size()), ' ');
    line += number;
    line += gap;
  }
  append_padded(line, words.who, 7);
  append_padded(line, words.what, 22);
  append_padded(line, words.outcome, 21);
  line += words.effects;
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

}  // namespace unscripted::cli
