#include "gateway/params.hpp"

#include "actors/request.hpp"
#include "core/show.hpp"

#include <algorithm>
#include <array>

namespace unscripted::gateway {

namespace {

namespace dom = simdjson::dom;

/// A scalar as core takes it; nothing of objects, arrays, null. In place: what is built elsewhere
/// and moved costs more than what it holds.
void read_loose(dom::element e, core::loose_value& into) {
  switch (e.type()) {
    case dom::element_type::INT64: into = e.get_int64().value_unsafe(); return;
    case dom::element_type::UINT64:
      into = static_cast<double>(e.get_uint64().value_unsafe());
      return;
    case dom::element_type::DOUBLE: into = e.get_double().value_unsafe(); return;
    case dom::element_type::BOOL: into = e.get_bool().value_unsafe(); return;
    case dom::element_type::STRING:
      into.emplace<std::string>(e.get_string().value_unsafe());
      return;
    default: into = std::monostate{};
  }
}

}  // namespace

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

const params_reader::member* params_reader::take_elsewhere(std::string_view name) {
  const member* const found = find(name);
  return found ? use(static_cast<std::size_t>(found - members_.data())) : nullptr;
}

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

std::optional<std::string_view> params_reader::view_text(const member& m) {
  std::string_view text;
  if (m.value.get_string().get(text) == simdjson::SUCCESS && text.find('\0') == text.npos)
    return text;
  expect(m.name, "a text");
  return std::nullopt;
}

std::optional<std::string> params_reader::to_optional_text(const member& m) {
  const auto given = view_text(m);
  return given ? std::optional<std::string>{*given} : std::nullopt;
}

std::string params_reader::to_text(const member* m, std::string_view name) {
  if (m)
    if (const auto given = view_text(*m)) return std::string{*given};
  expect(name, "a text; it is required");
  return {};
}

std::optional<core::thing_id> params_reader::to_optional_id(const member& m) {
  std::string_view text;
  if (m.value.get_string().get(text) == simdjson::SUCCESS)
    if (const auto id = core::parse_id(text)) return id;
  expect(m.name, "an id: 24 hex digits");
  return std::nullopt;
}

core::thing_id params_reader::to_id(const member* m, std::string_view name) {
  if (m)
    if (const auto given = to_optional_id(*m)) return *given;
  expect(name, "an id: 24 hex digits; it is required");
  return {};
}

bool params_reader::to_flag(const member& m, bool otherwise) {
  bool value = otherwise;
  if (m.value.get_bool().get(value) != simdjson::SUCCESS) expect(m.name, "true or false");
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

core::named_values params_reader::to_values(const member& m) {
  dom::object members;
  if (m.value.get_object().get(members) != simdjson::SUCCESS) {
    expect(m.name, "an object");
    return {};
  }
  core::named_values values = actors::spare_values::take();
  for (const auto field : members) {
    const bool twice = std::any_of(values.begin(), values.end(),
                                   [&](const auto& v) { return v.first == field.key; });
    if (twice) expect(std::string{m.name} + "." + std::string{field.key}, "to be given once");
    auto& [known, value] = values.emplace_back();
    known = field.key;
    read_loose(field.value, value);
  }
  return values;
}

std::optional<core::problem> params_reader::finish() {
  if (used_ == members_.size()) return problem_;
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
