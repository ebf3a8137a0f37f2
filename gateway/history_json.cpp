#include "gateway/history_json.hpp"

#include "gateway/history_values.hpp"
#include "gateway/world_json.hpp"
#include "storage/commit.hpp"

#include <array>

namespace unscripted::gateway {

namespace {

using core::effect;
using core::effect_type;

class record_json {
public:
  record_json(json_writer& json, const core::catalogue& c, core::world_number world,
              const kind_finder& find)
    : json_(json), catalogue_(c), world_(world), kinds_(c, find) {}

  void operator()(const core::act_command& c) {
    const core::action& a = catalogue_.actions()[c.action];
    json_.member("type", "act");
    id("agent", c.agent);
    json_.member("action", key_of_action(c.action));
    id("target", c.target);
    json_.key("args").begin_object();
    for (std::size_t i = 0; i < c.args.count; ++i) {
      const core::value_type type = a.parameters[i].type;
      json_.key(key_of_slot(a.parameters, i));
      if (type == core::value_type::text) write_text(json_, c.args.texts[c.args.bits[i]]);
      else write_value(json_, {type, c.args.bits[i], {}}, world_);
    }
    json_.end_object();
    if (c.absent) json_.member("absent", true);
  }
  void operator()(const core::found_command& c) {
    json_.member("type", "found");
    text("name", c.settings.name);
    json_.member("seed", c.settings.seed);
    write_settings(json_.key("settings"), c.settings);
    catalogue("catalogue", *c.catalogue);
    props("rules", c.rules, &c.catalogue->kinds()[core::world_kind]);
  }
  void operator()(const core::create_command& c) {
    json_.member("type", "create");
    text("kind", key_of_kind(catalogue_, c.kind));
    if (c.pos) write_place(json_.key("pos"), *c.pos);
    if (c.dims) write_place(json_.key("dims"), *c.dims);
    if (!c.name.empty()) text("name", c.name);
    if (!c.mind.empty()) text("mind", c.mind);
    props("props", c.props,
          c.kind < catalogue_.kinds().size() ? &catalogue_.kinds()[c.kind] : nullptr);
  }
  void operator()(const core::update_command& c) {
    json_.member("type", "update");
    id("thing", c.thing);
    if (c.pos) write_place(json_.key("pos"), *c.pos);
    props("props", c.props, kinds_.kind_of(c.thing));
  }
  void operator()(const core::remove_command& c) {
    json_.member("type", "remove");
    id("thing", c.thing);
  }
  void operator()(const core::configure_command& c) {
    write_settings(json_.member("type", "configure").key("settings"), c.settings);
    props("rules", c.rules, &catalogue_.kinds()[core::world_kind]);
  }
  void operator()(const core::advance_command&) { json_.member("type", "advance"); }
  void operator()(const core::load_command& c) {
    json_.member("type", "load");
    catalogue("catalogue", *c.catalogue);
  }

  void effects(const std::vector<effect>& all) {
    json_.begin_array();
    for (const effect& e : all) {
      one(e);
      kinds_.pass(e);
    }
    json_.end_array();
  }

private:
  void id(std::string_view key, core::serial thing) { write_id(json_.key(key), world_, thing); }
  void text(std::string_view key, std::string_view x) { write_text(json_.key(key), x); }
  void catalogue(std::string_view key, const core::catalogue& c) {
    json_.member(key, storage::to_hex(c.digest()));
  }
  void props(std::string_view key, const slot_values& values, const core::kind* kind) {
    if (!values.empty()) write_props(json_.key(key), values, kind, world_);
  }

  // Its name, as long as the target's kind and the name find this very action.
  std::string key_of_action(core::action_index index) const {
    const core::action& a = catalogue_.actions()[index];
    const bool is_found = is_nameable(a.name) && catalogue_.find_action(a.target, a.name) == index;
    return is_found ? a.name : key_of_index(index);
  }

  void one(const effect& e) {
    static constexpr std::array names = {"",           "created",    "removed", "moved",
                                         "set",        "added",      "turned",  "ticked",
                                         "configured", "catalogued", "carried"};
    json_.begin_object().member("type", names[static_cast<std::size_t>(e.type)]);
    switch (e.type) {
      case effect_type::created: created(e); break;
      case effect_type::removed:
        id("thing", e.thing);
        if (!e.text().empty()) text("cause", e.text());
        if (e.bits != core::no_thing) id("heir", e.bits);
        break;
      case effect_type::moved:
        id("thing", e.thing);
        write_place(json_.key("pos"), e.pos);
        break;
      case effect_type::set:
      case effect_type::added: property(e); break;
      case effect_type::carried:
        id("thing", e.thing);
        id("carrier", e.bits);
        break;
      default: of_world(e);
    }
    json_.end_object();
  }

  void created(const effect& e) {
    const core::creation& how = e.created();
    id("thing", e.thing);
    text("kind", key_of_kind(kinds_.catalogue(), how.kind));
    write_place(json_.key("pos"), e.pos);
    if (!how.name.empty()) text("name", how.name);
    write_place(json_.key("dims"), how.dims);
    id("parent", how.parent);
    if (!how.mind.empty()) text("mind", how.mind);
  }

  void of_world(const effect& e) {
    if (e.thing != core::world_serial) id("thing", e.thing);
    if (e.type == effect_type::ticked) json_.member("tick", e.bits);
    if (e.type == effect_type::configured) write_settings(json_.key("settings"), e.configured());
    if (e.type != effect_type::catalogued) return;
    catalogue("catalogue", *e.catalogued());
    write_plugins(json_.key("plugins"), *e.catalogued());
  }

  // The kind of the thing is not in the effect: a slot is named where the thing's kind is sure.
  void property(const effect& e) {
    id("thing", e.thing);
    const core::kind* kind = kinds_.kind_of(e.thing);
    const bool is_text = e.more != nullptr;
    const bool is_plain = kind && has_plain_value(*kind, e.slot, e.bits, is_text);
    if (is_plain) json_.member("property", kind->properties[e.slot].name);
    else json_.member("slot", e.slot);
    json_.key("value");
    if (is_text) write_text(json_, e.text());
    else if (is_plain) write_value(json_, {kind->properties[e.slot].type, e.bits, {}}, world_);
    else json_.value(e.bits);
  }

  json_writer& json_;
  const core::catalogue& catalogue_;
  core::world_number world_;
  record_kinds kinds_;
};

}  // namespace

void write_record(json_writer& json, const core::record& r, const core::catalogue& c,
                  core::world_number world, const kind_finder& kinds) {
  json.begin_object();
  write_record_members(json, r, c, world, kinds);
  json.end_object();
}

void write_record_members(json_writer& json, const core::record& r, const core::catalogue& c,
                          core::world_number world, const kind_finder& kinds) {
  // Who acts is a bot, whoever else is known.
  const auto* act = std::get_if<core::act_command>(&r.command);
  const kind_finder find = [&](core::serial thing) {
    if (kinds) return kinds(thing);
    return act && thing == act->agent ? c.bot_kind() : std::nullopt;
  };
  record_json out{json, c, world, find};
  json.member("seq", r.seq).member("tick", r.tick).key("command").begin_object();
  std::visit(out, r.command);
  json.end_object().member("outcome", core::to_string(r.outcome));
  if (!r.reason.empty()) write_text(json.key("reason"), r.reason);
  if (r.from.principal != 0) json.member("principal", r.from.principal);
  if (!r.from.key.empty()) write_text(json.key("key"), r.from.key);
  json.member("draws", r.draws).key("effects");
  out.effects(r.effects);
}

}  // namespace unscripted::gateway
