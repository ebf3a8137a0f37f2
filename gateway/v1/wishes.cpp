#include "gateway/v1/wishes.hpp"

#include "gateway/v1/thing_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace unscripted::gateway::v1 {

namespace {

using core::value_type;

failure expected(std::string_view name, std::string_view what) {
  return {400, "Parameter `" + std::string{name} + "`: expected " + std::string{what}};
}

std::optional<double> to_number(std::string_view text) {
  double x = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, x);
  if (error != std::errc{} || stop != end || !std::isfinite(x)) return std::nullopt;
  return x;
}

std::optional<bool> to_flag(std::string_view text) {
  if (text == "true" || text == "True") return true;
  if (text == "false" || text == "False" || text == "") return false;
  if (const auto x = to_number(text)) return *x >= 0.5;
  return std::nullopt;
}

// `0.5,1.7,0.3`, the same in brackets, or the parameter given three times.
std::optional<core::vec3> to_place(const parameter& p) {
  std::string text;
  for (const std::string& value : p.values) text += (text.empty() ? "" : ",") + value;
  std::erase_if(text, [](char c) { return c == '[' || c == ']' || c == ' '; });
  std::array<double, 3> parts{};
  std::string_view rest = text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t end = i < 2 ? rest.find(',') : rest.size();
    if (end == std::string_view::npos) return std::nullopt;
    const auto x = to_number(rest.substr(0, end));
    if (!x || std::abs(*x) > core::metres_max) return std::nullopt;
    parts[i] = *x;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return core::vec3{core::from_metres(parts[0]), core::from_metres(parts[1]),
                    core::from_metres(parts[2])};
}

// Where it is given.
std::optional<failure> read_place(const query& asked, std::string_view name,
                                  std::optional<core::vec3>& place) {
  const parameter* p = asked.find(name);
  if (!p) return std::nullopt;
  place = to_place(*p);
  if (!place) return expected(name, "three lengths in metres, as in 0.5,1.7,0.3");
  return std::nullopt;
}

// The engine checks the range. A text that is no number stays one, for it to refuse.
core::loose_value to_loose(const std::string& text, value_type type) {
  if (type == value_type::boolean) {
    if (const auto flag = to_flag(text)) return *flag;
  } else if (type == value_type::number || type == value_type::integer) {
    if (const auto x = to_number(text)) return *x;
  }
  return text;
}

// A client fills every parameter with a number in [0, 1): it never asks for too much.
core::loose_value to_argument(const std::string& text, const core::parameter& p) {
  core::loose_value v = to_loose(text, p.type);
  auto* x = std::get_if<double>(&v);
  if (!x) return v;
  if (p.unit == "turn") *x -= std::floor(*x);
  if (p.type == value_type::integer) *x = std::floor(*x);
  *x = std::clamp(*x, p.minimum, std::max(p.minimum, p.maximum));
  return v;
}

// v1 knows actions by the name alone. Where several kinds have one of that name it is the first
// whose parameters count, but for the world's own.
const core::action* find_action(const core::catalogue& known, const std::string& name,
                                bool on_world) {
  const auto found = std::ranges::find_if(known.actions(), [&](const core::action& a) {
    return a.name == name && (a.target == core::world_kind) == on_world;
  });
  return found == known.actions().end() ? nullptr : &*found;
}

std::optional<core::loose_value> read_property(const query& asked, const core::kind& kind,
                                               const core::property& p) {
  for (const parameter& given : asked.params) {
    if (property_of(kind.name, given.name) != p.name) continue;
    core::loose_value v = to_loose(given.values.front(), p.type);
    auto* x = std::get_if<double>(&v);
    if (x && kind.name == "bot" && p.name == "generation") *x += 1;
    return v;
  }
  return std::nullopt;
}

}  // namespace

std::variant<core::world_wish, failure> read_world(const query& asked) {
  core::world_wish wish;
  if (auto why = read_place(asked, "dims", wish.dims)) return *std::move(why);
  const std::string* name = asked.value("name");
  if (!name || name->empty()) return wish;
  if (core::parse_id(*name)) return expected("name", "a name that does not look like an id");
  wish.name = *name;
  return wish;
}

std::variant<core::thing_wish, failure> read_thing(const query& asked, const core::catalogue& known,
                                                   const std::string& kind) {
  core::thing_wish wish;
  wish.kind = kind;
  if (auto why = read_place(asked, "pos", wish.pos)) return *std::move(why);
  if (auto why = read_place(asked, "dims", wish.dims)) return *std::move(why);
  if (const std::string* name = asked.value("name")) wish.name = *name;
  const auto index = known.find_kind(kind);
  if (!index) return wish;  // the engine says which kinds there are
  const core::kind& k = known.kinds()[*index];
  for (const core::property& p : k.properties) {
    if (p.is_private() || p.name == "name") continue;
    if (auto v = read_property(asked, k, p)) wish.props.emplace_back(p.name, *std::move(v));
  }
  return wish;
}

std::variant<core::named_values, failure> read_args(const query& asked,
                                                    const core::catalogue& known,
                                                    const std::string& action, bool on_world) {
  core::named_values args;
  const core::action* a = find_action(known, action, on_world);
  if (!a) return args;
  for (const core::parameter& p : a->parameters) {
    const std::string* text = asked.value(p.name);
    if (!text) continue;
    core::loose_value v = to_argument(*text, p);
    const bool wants_number = p.type == value_type::number || p.type == value_type::integer;
    if (wants_number && !std::holds_alternative<double>(v)) return expected(p.name, "a number");
    args.emplace_back(p.name, std::move(v));
  }
  return args;
}

}  // namespace unscripted::gateway::v1
