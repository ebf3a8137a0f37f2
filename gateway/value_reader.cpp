#include "gateway/value_reader.hpp"

#include "core/codec.hpp"
#include "gateway/history_values.hpp"
#include "storage/commit.hpp"

#include <array>
#include <bit>

namespace unscripted::gateway {

namespace {

namespace dom = simdjson::dom;

using core::value_type;

constexpr std::size_t shelf_bytes_max = std::size_t{256} << 20;

constexpr std::array value_types = {value_type::number, value_type::integer, value_type::boolean,
                                    value_type::text, value_type::thing};

}  // namespace

// -- values ---------------------------------------------------------------------------------------

std::optional<core::value> to_value(dom::element e, value_type type, core::world_number world) {
  core::value v{type, 0, {}};
  double number = 0;
  std::int64_t integer = 0;
  bool boolean = false;
  switch (type) {
    case value_type::number:
      if (e.get_double().get(number) != simdjson::SUCCESS) return std::nullopt;
      v.bits = std::bit_cast<std::uint64_t>(number);
      return v;
    case value_type::integer:
      if (e.get_int64().get(integer) != simdjson::SUCCESS) return std::nullopt;
      v.bits = static_cast<std::uint64_t>(integer);
      return v;
    case value_type::boolean:
      if (e.get_bool().get(boolean) != simdjson::SUCCESS) return std::nullopt;
      v.bits = boolean ? 1 : 0;
      return v;
    case value_type::text:
      if (auto text = to_text(e)) return v.text = *std::move(text), v;
      return std::nullopt;
    case value_type::thing:
      if (const auto thing = to_serial(e, world)) return v.bits = *thing, v;
      return std::nullopt;
  }
  return std::nullopt;
}

namespace {

/// {type: value}.
std::optional<core::value> to_typed_value(dom::element e, core::world_number world) {
  dom::object wrapped;
  if (e.get_object().get(wrapped) != simdjson::SUCCESS || wrapped.size() != 1) return std::nullopt;
  for (const auto field : wrapped)
    for (const value_type type : value_types)
      if (field.key == core::to_string(type)) return to_value(field.value, type, world);
  return std::nullopt;
}

std::optional<std::size_t> slot_of(const std::vector<core::property>& slots, std::string_view key) {
  if (const auto index = index_of_key(key)) return index;
  for (std::size_t i = 0; i < slots.size(); ++i)
    if (slots[i].name == key) return i;
  return std::nullopt;
}

slot_values read_all(json_fields props, const core::kind* kind, core::world_number world) {
  static const std::vector<core::property> none;
  const auto& properties = kind ? kind->properties : none;
  slot_values values;
  for (const auto field : props.members()) {
    const auto slot = slot_of(properties, field.key);
    if (!slot) {
      props.why().expect(props.path_of(field.key), "a property of the kind", field.value);
      break;
    }
    auto v = to_typed_value(field.value, world);
    if (!v && *slot < properties.size()) v = to_value(field.value, properties[*slot].type, world);
    if (!v) props.why().expect(props.path_of(field.key), "a value of its type", field.value);
    else values.emplace_back(static_cast<std::uint16_t>(*slot), *std::move(v));
  }
  return values;
}

void read_capacity(json_fields in, std::map<std::string, std::uint32_t>& capacity) {
  capacity.clear();
  for (const auto field : in.members()) {
    const auto kind = name_of_key(field.key);
    std::uint64_t most = 0;
    const bool is_number = field.value.get_uint64().get(most) == simdjson::SUCCESS;
    if (!kind || !is_number || most > std::numeric_limits<std::uint32_t>::max() ||
        !capacity.emplace(*kind, static_cast<std::uint32_t>(most)).second)
      in.why().expect(in.path_of(field.key), "how many things of a kind, once", field.value);
  }
}

}  // namespace

slot_values read_props(json_fields& in, std::string_view name, const core::kind* kind,
                       core::world_number world) {
  return in.has(name) ? read_all(in.object(name), kind, world) : slot_values{};
}

core::settings read_settings(json_fields in) {
  core::settings s;
  s.name = in.text("name");
  s.seed = in.integer("seed");
  s.dims = in.place("dims");
  const std::string_view pace = in.word("pace"), population = in.word("population");
  if (const auto known = core::parse_pace(pace)) s.pace = *known;
  else in.why().expect(in.path_of("pace"), "free, lockstep or realtime", pace);
  if (const auto known = core::parse_population(population)) s.population = *known;
  else in.why().expect(in.path_of("population"), "none or replace", population);
  s.speed = in.number("speed");
  s.deadline_ms = static_cast<std::uint32_t>(
      in.integer("deadline_ms", std::numeric_limits<std::uint32_t>::max()));
  const auto pause = in.need("pause_at", "a tick or null");
  std::uint64_t tick = 0;
  if (pause && pause->get_uint64().get(tick) == simdjson::SUCCESS) s.pause_at = tick;
  else if (pause && !pause->is_null())
    in.why().expect(in.path_of("pause_at"), "a tick or null", *pause);
  read_capacity(in.object("capacity"), s.capacity);
  s.created_ms = in.signed_integer("created_ms");
  s.parent = in.text("parent");
  in.finish();
  return s;
}

// -- catalogues -----------------------------------------------------------------------------------

void check_plugins(json_fields& in, const core::catalogue* c) {
  const dom::array all = in.array("plugins");
  std::size_t count = 0;
  for (const dom::element e : all) {
    dom::object o;
    const bool is_object = e.get_object().get(o) == simdjson::SUCCESS;
    if (!is_object) {
      in.why().expect(in.path_of("plugins"), "objects", e);
      return;
    }
    json_fields p(o, in.path_of("plugins"), in.why());
    const core::plugin plugin{p.text("id"), p.text("version"), p.text("hash")};
    p.finish();
    if (c && (count >= c->plugins().size() || c->plugins()[count] != plugin))
      in.why().expect(in.path_of("plugins"), "those of the catalogue", e);
    ++count;
  }
  if (c && count != c->plugins().size())
    in.why().expect(in.path_of("plugins"), std::to_string(c->plugins().size()) + " plugins",
                    std::to_string(count));
}

core::catalogue_ptr read_catalogue(json_fields& in, const catalogue_shelf& shelf) {
  const std::uint64_t digest = in.hash("catalogue");
  auto known = shelf.find(digest);
  if (!known)
    in.why().expect(in.path_of("catalogue"), "one that a line before describes",
                    storage::to_hex(digest));
  return known;
}

void catalogue_shelf::read(json_fields line) {
  const std::uint64_t digest = line.hash("catalogue");
  const auto bytes = parse_hex(line.word("description"));
  auto known = bytes ? core::decode_catalogue(*bytes) : nullptr;
  if (!known)
    line.why().expect("description", "a catalogue in hex digits", line.word("description"));
  else if (known->digest() != digest)
    line.why().expect("catalogue", storage::to_hex(known->digest()), storage::to_hex(digest));
  check_plugins(line, known.get());
  line.finish();
  if (line.why().is_made()) return;
  keep(std::move(known));
  if (bytes_ > shelf_bytes_max)
    line.why().expect("description", "one of catalogues of at most 256 MiB together", "beyond it");
}

void catalogue_shelf::keep(core::catalogue_ptr known) {
  const std::size_t bytes = known->description().size();
  const std::uint64_t digest = known->digest();
  if (known_.emplace(digest, std::move(known)).second) bytes_ += bytes;
}

core::catalogue_ptr catalogue_shelf::find(std::uint64_t digest) const {
  const auto found = known_.find(digest);
  return found == known_.end() ? nullptr : found->second;
}

}  // namespace unscripted::gateway
