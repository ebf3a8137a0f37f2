#include "gateway/record_reader.hpp"

#include "gateway/history_values.hpp"
#include "gateway/record_kinds.hpp"

#include <array>
#include <limits>

namespace unscripted::gateway {

namespace dom = simdjson::dom;

using core::effect;
using core::effect_type;
using core::value_type;

namespace {

std::optional<core::vec3> place_at(json_fields& in, std::string_view name) {
  return in.has(name) ? std::optional{in.place(name)} : std::nullopt;
}

// -- commands -------------------------------------------------------------------------------------

/// Reads the command of one record.
class command_reader {
public:
  command_reader(json_fields in, const core::catalogue* before, const record_kinds* kinds,
                 core::world_number world, const catalogue_shelf& shelf)
    : in_(std::move(in)), before_(before), kinds_(kinds), world_(world), shelf_(shelf) {}

  core::command read() {
    const std::string_view type = in_.word("type");
    core::command c;
    if (type == "found" && !before_) c = found();
    else if (type == "load" && before_) c = core::load_command{read_catalogue(in_, shelf_)};
    else if (type == "act" && before_) c = act();
    else if (type == "create" && before_) c = create();
    else if (type == "update" && before_) c = update();
    else if (type == "remove" && before_) c = core::remove_command{in_.id("thing", world_)};
    else if (type == "configure" && before_) c = configure();
    else if (type == "advance" && before_) c = core::advance_command{};
    else
      in_.why().expect(in_.path_of("type"),
                       before_ ? "a command that can follow" : "`found` in the first record", type);
    in_.finish();
    return c;
  }

private:
  core::found_command found() {
    core::found_command c;
    c.settings = read_settings(in_.object("settings"));
    const std::string name = in_.text("name");
    const std::uint64_t seed = in_.integer("seed");
    if (name != c.settings.name || seed != c.settings.seed)
      in_.why().expect(in_.path_of("settings"), "of the same name and seed as the command",
                       std::string_view{"of others"});
    c.catalogue = read_catalogue(in_, shelf_);
    const core::kind* kind = c.catalogue ? &c.catalogue->kinds()[core::world_kind] : nullptr;
    c.rules = read_props(in_, "rules", kind, world_);
    return c;
  }

  core::configure_command configure() {
    core::configure_command c;
    c.settings = read_settings(in_.object("settings"));
    c.rules = read_props(in_, "rules", &before_->kinds()[core::world_kind], world_);
    return c;
  }

  core::create_command create() {
    core::create_command c;
    const std::string kind = in_.text("kind");
    const auto index = kind_of_key(*before_, kind);
    if (!index) in_.why().expect(in_.path_of("kind"), "a kind of the catalogue", kind);
    c.kind = index.value_or(core::world_kind);
    c.pos = place_at(in_, "pos");
    c.dims = place_at(in_, "dims");
    c.name = in_.text_or_empty("name");
    c.mind = in_.text_or_empty("mind");
    const auto& kinds = before_->kinds();
    c.props = read_props(in_, "props", c.kind < kinds.size() ? &kinds[c.kind] : nullptr, world_);
    return c;
  }

  core::update_command update() {
    core::update_command c;
    c.thing = in_.id("thing", world_);
    c.pos = place_at(in_, "pos");
    c.props = read_props(in_, "props", kinds_->kind_of(c.thing), world_);
    return c;
  }

  core::act_command act() {
    core::act_command c;
    c.agent = in_.id("agent", world_);
    c.target = in_.id("target", world_);
    c.absent = in_.flag("absent");
    const std::string_view name = in_.word("action");
    const auto kind = kinds_->find(c.target);
    auto index = index_of_key(name);
    if (!index && kind && *kind < before_->kinds().size())
      if (const auto found = before_->find_action(*kind, name)) index = *found;
    json_fields args = in_.object("args");
    if (!index || *index >= before_->actions().size()) {
      in_.why().expect(in_.path_of("action"), "an action on its target", name);
      return c;
    }
    c.action = static_cast<core::action_index>(*index);
    read_args(args, before_->actions()[c.action].parameters, c.args);
    return c;
  }

  void read_args(json_fields& in, const std::vector<core::parameter>& parameters,
                 core::arguments& args) const {
    for (std::size_t i = 0; i < parameters.size() && i < core::parameters_max; ++i) {
      const std::string key = key_of_slot(parameters, i);
      const auto e = in.need(key, "a value of its type");
      auto v = e ? to_value(*e, parameters[i].type, world_) : std::nullopt;
      if (e && !v) in.why().expect(in.path_of(key), "a value of its type", *e);
      if (!v) return;
      if (v->type == value_type::text) {
        v->bits = args.texts.size();
        args.texts.push_back(std::move(v->text));
      }
      args.bits[args.count++] = v->bits;
    }
    in.finish();
  }

  json_fields in_;
  const core::catalogue* before_;  // null before the first record
  const record_kinds* kinds_;      // likewise
  core::world_number world_;
  const catalogue_shelf& shelf_;
};

// -- effects -------------------------------------------------------------------------------------

constexpr std::array effect_names = {"created", "removed", "moved",      "set",        "added",
                                     "turned",  "ticked",  "configured", "catalogued", "carried"};

/// Reads one effect.
class effect_reader {
public:
  effect_reader(json_fields in, const record_kinds& kinds, core::world_number world,
                const catalogue_shelf& shelf)
    : in_(std::move(in)), kinds_(kinds), world_(world), shelf_(shelf) {}

  effect read() {
    const std::string_view type = in_.word("type");
    effect e;
    std::size_t i = 0;
    while (i < effect_names.size() && type != effect_names[i]) ++i;
    if (i == effect_names.size()) {
      in_.why().expect(in_.path_of("type"), "the name of an effect", type);
      return e;
    }
    e.type = static_cast<effect_type>(i + 1);
    if (core::is_of_thing(e.type) || in_.has("thing")) e.thing = in_.id("thing", world_);
    content(e);
    in_.finish();
    return e;
  }

private:
  void content(effect& e) {
    switch (e.type) {
      case effect_type::created: return created(e);
      case effect_type::removed:
        e.bits = in_.has("heir") ? in_.id("heir", world_) : core::no_thing;
        e.more = core::details(in_.text_or_empty("cause"));
        return;
      case effect_type::moved: e.pos = in_.place("pos"); return;
      case effect_type::set:
      case effect_type::added: return property(e);
      case effect_type::turned: return;
      case effect_type::ticked: e.bits = in_.integer("tick"); return;
      case effect_type::configured:
        e.more = core::details(read_settings(in_.object("settings")));
        return;
      case effect_type::catalogued: {
        auto known = read_catalogue(in_, shelf_);
        check_plugins(in_, known.get());
        e.more = core::details(std::move(known));
        return;
      }
      case effect_type::carried: e.bits = in_.id("carrier", world_);
    }
  }

  void created(effect& e) {
    core::creation how;
    const std::string kind = in_.text("kind");
    const auto index = kind_of_key(kinds_.catalogue(), kind);
    if (!index) in_.why().expect(in_.path_of("kind"), "a kind of the catalogue", kind);
    how.kind = index.value_or(core::world_kind);
    e.pos = in_.place("pos");
    how.dims = in_.place("dims");
    how.parent = in_.id("parent", world_);
    how.name = in_.text_or_empty("name");
    how.mind = in_.text_or_empty("mind");
    e.more = core::details(std::move(how));
  }

  void property(effect& e) {
    const auto given = in_.need("value", "the value");
    if (!given) return;
    if (in_.has("slot")) return slot(e, *given);
    const std::string_view name = in_.word("property");
    const core::kind* kind = kinds_.kind_of(e.thing);
    const auto found = kind ? kind->slot_of(name) : std::nullopt;
    if (!found) return in_.why().expect(in_.path_of("property"), "one of the thing's kind", name);
    e.slot = *found;
    auto v = to_value(*given, kind->properties[e.slot].type, world_);
    if (!v) return in_.why().expect(in_.path_of("value"), "a value of its type", *given);
    e.bits = v->bits;
    if (v->type == value_type::text) e.more = core::details(std::move(v->text));
  }

  void slot(effect& e, dom::element given) {
    e.slot =
        static_cast<std::uint16_t>(in_.integer("slot", std::numeric_limits<std::uint16_t>::max()));
    if (given.get_uint64().get(e.bits) == simdjson::SUCCESS) return;
    e.bits = 0;
    if (auto text = to_text(given)) e.more = core::details(*std::move(text));
    else in_.why().expect(in_.path_of("value"), "bits or a text", given);
  }

  json_fields in_;
  const record_kinds& kinds_;
  core::world_number world_;
  const catalogue_shelf& shelf_;
};

}  // namespace

// -- records -------------------------------------------------------------------------------------

namespace {

core::outcome read_outcome(json_fields& line) {
  const std::string_view word = line.word("outcome");
  for (const core::outcome x : {core::outcome::done, core::outcome::refused, core::outcome::fault})
    if (word == core::to_string(x)) return x;
  line.why().expect("outcome", "done, refused or fault", word);
  return core::outcome::done;
}

void read_effects(json_fields& line, record_kinds kinds, core::world_number world,
                  const catalogue_shelf& shelf, std::vector<effect>& out) {
  std::size_t count = 0;
  for (const dom::element item : line.array("effects")) {
    const std::string path = "effects[" + std::to_string(count++) + "]";
    dom::object object;
    if (item.get_object().get(object) != simdjson::SUCCESS)
      return line.why().expect(path, "an object", item);
    out.push_back(effect_reader({object, path, line.why()}, kinds, world, shelf).read());
    if (line.why().is_made()) return;
    kinds.pass(out.back());
  }
}

core::origin read_origin(json_fields& line) {
  core::origin from;
  if (line.has("principal")) from.principal = line.integer("principal");
  from.key = line.text_or_empty("key");
  if (from.key.size() > core::key_bytes_max)
    line.why().expect(line.path_of("key"),
                      "at most " + std::to_string(core::key_bytes_max) + " bytes",
                      std::to_string(from.key.size()) + " bytes");
  return from;
}

}  // namespace

core::record read_record(json_fields line, const core::world& before, core::world_number world,
                         const catalogue_shelf& shelf) {
  core::record r;
  r.seq = line.integer("seq");
  r.tick = line.integer("tick");
  r.outcome = read_outcome(line);
  r.reason = line.text_or_empty("reason");
  r.from = read_origin(line);
  r.draws = line.integer("draws");
  const core::catalogue* known = before.seq() > 0 ? &before.catalogue() : nullptr;
  const kind_finder find = known ? kinds_in(before, *known) : kind_finder{};
  std::optional<record_kinds> kinds;
  if (known) kinds.emplace(*known, find);
  r.command =
      command_reader(line.object("command"), known, kinds ? &*kinds : nullptr, world, shelf).read();
  if (const auto* found = std::get_if<core::found_command>(&r.command); found && found->catalogue)
    kinds.emplace(*found->catalogue, find);
  if (!line.why().is_made() && kinds) read_effects(line, *kinds, world, shelf, r.effects);
  line.finish();
  return r;
}

}  // namespace unscripted::gateway
