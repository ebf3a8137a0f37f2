#include "gateway/params.hpp"

#include "actors/request.hpp"
#include "core/show.hpp"

#include <algorithm>
#include <array>

namespace unscripted::gateway {

namespace {

namespace dom = simdjson::dom;

}  // namespace

core::loose_value to_loose(dom::element e) {
  switch (e.type()) {
    case dom::element_type::INT64: return e.get_int64().value_unsafe();
    case dom::element_type::UINT64: return static_cast<double>(e.get_uint64().value_unsafe());
    case dom::element_type::DOUBLE: return e.get_double().value_unsafe();
    case dom::element_type::BOOL: return e.get_bool().value_unsafe();
    case dom::element_type::STRING: return std::string{e.get_string().value_unsafe()};
    default: return std::monostate{};
  }
}

params_reader::params_reader(dom::object object, std::string within) : within_(std::move(within)) {
  read(object);
}

params_reader::params_reader(const std::optional<dom::object>& params) {
  if (params) read(*params);
}

void params_reader::read(dom::object object) {
  for (const auto field : object) {
    if (find(field.key))
      complain(core::bad_param(within_ + std::string{field.key}, "to be given once"));
    members_.emplace_back(field.key, field.value);
  }
}

const params_reader::member* params_reader::find(std::string_view name) const {
  for (const member& m : members_)
    if (m.name == name) return &m;
  return nullptr;
}

params_reader::member* params_reader::take(std::string_view name) {
  asked_.emplace_back(name.data(), name.size());
  // Most clients write them in the order in which they are asked for.
  const std::size_t count = members_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = next_ + i < count ? next_ + i : next_ + i - count;
    if (members_[at].name != name) continue;
    members_[at].used = true;
    next_ = at + 1;
    return &members_[at];
  }
  return nullptr;
}

bool params_reader::has(std::string_view name) const { return find(name) != nullptr; }

bool params_reader::take_null(std::string_view name) {
  const member* m = find(name);
  return m && m->value.is_null() && take(name);
}

std::optional<std::string> params_reader::peek_text(std::string_view name) const {
  const member* m = find(name);
  if (!m) return std::nullopt;
  if (m->value.is_string()) return std::string{std::string_view{m->value}};
  if (m->value.is_uint64()) return std::to_string(std::uint64_t{m->value});
  return std::nullopt;
}

void params_reader::complain(core::problem p) {
  if (!problem_) problem_ = std::move(p);
}

void params_reader::expect(std::string_view name, std::string expected) {
  complain(core::bad_param(within_ + std::string{name}, std::move(expected)));
}

std::optional<std::string_view> params_reader::view_text(std::string_view name) {
  const member* m = take(name);
  if (!m) return std::nullopt;
  std::string_view text;
  if (m->value.get_string().get(text) == simdjson::SUCCESS && text.find('\0') == text.npos)
    return text;
  expect(name, "a text");
  return std::nullopt;
}

std::optional<std::string> params_reader::optional_text(std::string_view name) {
  const auto given = view_text(name);
  return given ? std::optional<std::string>{*given} : std::nullopt;
}

std::string params_reader::text(std::string_view name) {
  if (const auto given = view_text(name)) return std::string{*given};
  expect(name, "a text; it is required");
  return {};
}

std::optional<core::thing_id> params_reader::optional_id(std::string_view name) {
  const member* m = take(name);
  if (!m) return std::nullopt;
  std::string_view text;
  if (m->value.get_string().get(text) == simdjson::SUCCESS)
    if (const auto id = core::parse_id(text)) return id;
  expect(name, "an id: 24 hex digits");
  return std::nullopt;
}

core::thing_id params_reader::id(std::string_view name) {
  if (const auto given = optional_id(name)) return *given;
  expect(name, "an id: 24 hex digits; it is required");
  return {};
}

bool params_reader::flag(std::string_view name, bool otherwise) {
  const member* m = take(name);
  if (!m) return otherwise;
  bool value = otherwise;
  if (m->value.get_bool().get(value) != simdjson::SUCCESS) expect(name, "true or false");
  return value;
}

std::optional<double> params_reader::number(std::string_view name, double minimum, double maximum,
                                            std::string_view unit) {
  const member* m = take(name);
  if (!m) return std::nullopt;
  double value = 0;
  if (m->value.get_double().get(value) == simdjson::SUCCESS && value >= minimum && value <= maximum)
    return value;
  expect(name, "a number in [" + core::show(minimum) + ", " + core::show(maximum) + "]" +
                   (unit.empty() ? "" : ", in " + std::string{unit}));
  return std::nullopt;
}

std::optional<std::uint64_t> params_reader::integer(std::string_view name, std::uint64_t minimum,
                                                    std::uint64_t maximum) {
  const member* m = take(name);
  if (!m) return std::nullopt;
  std::uint64_t value = 0;
  if (m->value.get_uint64().get(value) == simdjson::SUCCESS && value >= minimum && value <= maximum)
    return value;
  expect(name, "an integer in [" + std::to_string(minimum) + ", " + std::to_string(maximum) + "]");
  return std::nullopt;
}

std::optional<core::vec3> params_reader::place(std::string_view name) {
  const member* m = take(name);
  if (!m) return std::nullopt;
  dom::array items;
  std::array<double, 3> metres{};
  std::size_t count = 0;
  bool right = m->value.get_array().get(items) == simdjson::SUCCESS && items.size() == 3;
  if (right) {
    for (const dom::element item : items) {
      double& x = metres[count++];
      right = right && item.get_double().get(x) == simdjson::SUCCESS && x >= -core::metres_max &&
              x <= core::metres_max;
    }
  }
  if (!right) {
    expect(name, "an array of three numbers [x, y, z], in metres, at most 10000000 each");
    return std::nullopt;
  }
  return core::vec3{core::from_metres(metres[0]), core::from_metres(metres[1]),
                    core::from_metres(metres[2])};
}

std::optional<dom::object> params_reader::object(std::string_view name) {
  const member* m = take(name);
  if (!m) return std::nullopt;
  dom::object found;
  if (m->value.get_object().get(found) == simdjson::SUCCESS) return found;
  expect(name, "an object");
  return std::nullopt;
}

std::optional<dom::array> params_reader::array(std::string_view name) {
  const member* m = take(name);
  if (!m) return std::nullopt;
  dom::array found;
  if (m->value.get_array().get(found) == simdjson::SUCCESS) return found;
  expect(name, "an array");
  return std::nullopt;
}

core::named_values params_reader::values(std::string_view name) {
  const auto members = object(name);
  if (!members) return {};
  core::named_values values = actors::spare_values::take();
  values.reserve(members->size());
  for (const auto field : *members) {
    const bool twice = std::any_of(values.begin(), values.end(),
                                   [&](const auto& v) { return v.first == field.key; });
    if (twice) expect(std::string{name} + "." + std::string{field.key}, "to be given once");
    values.emplace_back(std::string{field.key}, to_loose(field.value));
  }
  return values;
}

std::optional<core::problem> params_reader::finish() {
  for (const member& m : members_) {
    if (m.used) continue;
    std::string known;
    for (const std::string_view name : asked_)
      known += (known.empty() ? "" : ", ") + std::string{name};
    expect(m.name, known.empty() ? "no parameters" : "one of the parameters " + known);
  }
  return problem_;
}

}  // namespace unscripted::gateway
