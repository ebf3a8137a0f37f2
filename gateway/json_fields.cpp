#include "gateway/json_fields.hpp"

#include "core/text.hpp"
#include "gateway/history_values.hpp"
#include "plugins/words.hpp"

#include <array>

namespace unscripted::gateway {

namespace dom = simdjson::dom;

namespace {

constexpr std::size_t found_bytes_max = 80, where_bytes_max = 200;
constexpr std::size_t members_max = 64;

// Places of things and sizes are within this; commands may ask for others.
constexpr double place_max = 2 * core::metres_max;

constexpr std::string_view id_expected = "24 hex digits, the first eight those of the world's id";

// What is read where the right thing is missing: simdjson's own defaults cannot be looked at.
struct empty_document {
  dom::parser parser;
  dom::object object;
  dom::array array;

  empty_document() {
    const dom::element all = parser.parse(std::string{R"([{},[]])"}).value_unsafe();
    object = all.at(0).get_object().value_unsafe();
    array = all.at(1).get_array().value_unsafe();
  }
};

const empty_document& nothing() {
  static const empty_document document;
  return document;
}

}  // namespace

void complaint::expect(std::string_view where, std::string_view expected, std::string_view found) {
  if (is_made()) return;
  const std::string_view shown = core::cut_text(found, found_bytes_max);
  // What a file says may hold anything: it is shown on one line, to a terminal.
  text_ = "`" + plugins::to_line(where, where_bytes_max) + "` should be " + std::string{expected};
  text_ += ", is " + plugins::to_line(shown, found_bytes_max);
  if (shown.size() < found.size()) text_ += "...";
}

void complaint::expect(std::string_view where, std::string_view expected, dom::element found) {
  if (!is_made()) expect(where, expected, std::string_view{simdjson::minify(found)});
}

// -- values --------------------------------------------------------------------------------------

std::optional<std::string> to_text(dom::element e) {
  std::string_view text;
  if (e.get_string().get(text) == simdjson::SUCCESS) return std::string{text};
  dom::object wrapped;
  if (e.get_object().get(wrapped) != simdjson::SUCCESS || wrapped.size() != 1 ||
      wrapped["hex"].get_string().get(text) != simdjson::SUCCESS)
    return std::nullopt;
  return parse_hex(text);
}

std::optional<core::serial> to_serial(dom::element e, core::world_number world) {
  std::string_view text;
  if (e.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  const auto id = core::parse_id(text);
  return id && id->world == world ? std::optional{id->thing} : std::nullopt;
}

std::optional<core::vec3> to_place(dom::element e) {
  dom::array items;
  if (e.get_array().get(items) != simdjson::SUCCESS || items.size() != 3) return std::nullopt;
  std::array<double, 3> metres{};
  std::size_t count = 0;
  for (const dom::element item : items) {
    double& x = metres[count++];
    if (item.get_double().get(x) != simdjson::SUCCESS || x < -place_max || x > place_max)
      return std::nullopt;
  }
  return core::vec3{core::from_metres(metres[0]), core::from_metres(metres[1]),
                    core::from_metres(metres[2])};
}

// -- members -------------------------------------------------------------------------------------

std::string json_fields::path_of(std::string_view name) const {
  return path_.empty() ? std::string{name} : path_ + "." + std::string{name};
}

bool json_fields::has(std::string_view name) const {
  for (const auto field : object_)
    if (field.key == name) return true;
  return false;
}

std::optional<dom::element> json_fields::take(std::string_view name) {
  std::size_t i = 0;
  for (const auto field : object_) {
    if (i == members_max) break;
    if (field.key == name) {
      taken_ |= std::uint64_t{1} << i;
      return field.value;
    }
    ++i;
  }
  return std::nullopt;
}

std::optional<dom::element> json_fields::need(std::string_view name, std::string_view expected) {
  const auto found = take(name);
  if (!found) why_->expect(path_of(name), expected, std::string_view{"missing"});
  return found;
}

void json_fields::finish() {
  std::size_t i = 0;
  for (const auto field : object_) {
    const bool is_taken = i < members_max && (taken_ >> i & 1) != 0;
    if (!is_taken) why_->expect(path_of(field.key), "absent, or there once", field.value);
    ++i;
  }
}

std::uint64_t json_fields::integer(std::string_view name, std::uint64_t most) {
  const std::string expected = most == std::numeric_limits<std::uint64_t>::max()
                                   ? "an integer from 0"
                                   : "an integer in [0, " + std::to_string(most) + "]";
  const auto e = need(name, expected);
  std::uint64_t x = 0;
  if (!e || (e->get_uint64().get(x) == simdjson::SUCCESS && x <= most)) return x;
  why_->expect(path_of(name), expected, *e);
  return 0;
}

std::int64_t json_fields::signed_integer(std::string_view name) {
  const auto e = need(name, "an integer");
  std::int64_t x = 0;
  if (e && e->get_int64().get(x) != simdjson::SUCCESS)
    why_->expect(path_of(name), "an integer of 64 bits", *e);
  return x;
}

double json_fields::number(std::string_view name) {
  const auto e = need(name, "a number");
  double x = 0;
  if (e && e->get_double().get(x) != simdjson::SUCCESS) why_->expect(path_of(name), "a number", *e);
  return x;
}

bool json_fields::flag(std::string_view name) {
  const auto e = take(name);
  bool x = false;
  if (e && e->get_bool().get(x) != simdjson::SUCCESS)
    why_->expect(path_of(name), "true or false", *e);
  return x;
}

std::string_view json_fields::word(std::string_view name) {
  const auto e = need(name, "a word in quotes");
  std::string_view text;
  if (e && e->get_string().get(text) != simdjson::SUCCESS)
    why_->expect(path_of(name), "a word in quotes", *e);
  return text;
}

std::uint64_t json_fields::hash(std::string_view name) {
  const auto e = need(name, "16 hex digits");
  std::string_view text;
  if (e && e->get_string().get(text) == simdjson::SUCCESS)
    if (const auto hash = parse_hash(text)) return *hash;
  if (e) why_->expect(path_of(name), "16 lower-case hex digits", *e);
  return 0;
}

std::string json_fields::text(std::string_view name) {
  const auto e = need(name, "a text");
  if (!e) return {};
  if (auto text = to_text(*e)) return *std::move(text);
  why_->expect(path_of(name), "a text", *e);
  return {};
}

core::vec3 json_fields::place(std::string_view name) {
  const auto e = need(name, "an array of three lengths in metres");
  if (!e) return {};
  if (const auto place = to_place(*e)) return *place;
  why_->expect(path_of(name), "an array of three lengths in metres", *e);
  return {};
}

core::serial json_fields::id(std::string_view name, core::world_number world) {
  const auto e = need(name, "an id: 24 hex digits");
  if (!e) return core::no_thing;
  if (const auto thing = to_serial(*e, world)) return *thing;
  why_->expect(path_of(name), id_expected, *e);
  return core::no_thing;
}

json_fields json_fields::object(std::string_view name) {
  const auto e = need(name, "an object");
  dom::object found = nothing().object;
  if (e && e->get_object().get(found) != simdjson::SUCCESS)
    why_->expect(path_of(name), "an object", *e);
  return {found, path_of(name), *why_};
}

dom::array json_fields::array(std::string_view name) {
  const auto e = need(name, "an array");
  dom::array found = nothing().array;
  if (e && e->get_array().get(found) != simdjson::SUCCESS)
    why_->expect(path_of(name), "an array", *e);
  return found;
}

}  // namespace unscripted::gateway
