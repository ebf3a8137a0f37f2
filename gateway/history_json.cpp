#include "gateway/history_json.hpp"

namespace unscripted::gateway {

namespace {

using core::effect;
using core::effect_type;

class record_json {
public:
  record_json(json_writer& json, const core::catalogue& c, core::world_number world)
    : json_(json), catalogue_(c), world_(world) {}

  void operator()(const core::act_command& c) {
    const core::action& a = catalogue_.actions()[c.action];
    json_.member("type", "act");
    id("agent", c.agent);
    json_.member("action", a.name);
    id("target", c.target);
    json_.key("args").begin_object();
    for (std::size_t i = 0; i < c.args.count; ++i) {
      const core::value_type type = a.parameters[i].type;
      json_.key(a.parameters[i].name);
      if (type == core::value_type::text) json_.value(c.args.texts[c.args.bits[i]]);
      else value({type, c.args.bits[i], {}});
    }
    json_.end_object();
    if (c.absent) json_.member("absent", true);
  }
  void operator()(const core::found_command& c) {
    json_.member("type", "found").member("name", c.settings.name).member("seed", c.settings.seed);
  }
  void operator()(const core::create_command& c) {
    json_.member("type", "create").member("kind", kind_name(c.kind));
    if (c.pos) place("pos", *c.pos);
    if (!c.name.empty()) json_.member("name", c.name);
    if (!c.mind.empty()) json_.member("mind", c.mind);
  }
  void operator()(const core::update_command& c) {
    json_.member("type", "update");
    id("thing", c.thing);
  }
  void operator()(const core::remove_command& c) {
    json_.member("type", "remove");
    id("thing", c.thing);
  }
  void operator()(const core::configure_command&) { json_.member("type", "configure"); }
  void operator()(const core::advance_command&) { json_.member("type", "advance"); }
  void operator()(const core::load_command&) { json_.member("type", "load"); }

  void effects(const std::vector<effect>& all) {
    all_ = &all;
    json_.begin_array();
    for (const effect& e : all) one(e);
    json_.end_array();
  }

private:
  void id(std::string_view key, core::serial thing) {
    json_.key(key).raw("\"");
    core::append(json_.out(), {world_, thing});
    json_.out().push_back('"');
  }
  void place(std::string_view key, const core::vec3& v) {
    json_.key(key).begin_array();
    for (const core::micrometres x : {v.x, v.y, v.z}) json_.value(core::to_metres(x));
    json_.end_array();
  }
  void value(const core::value& v) {
    switch (v.type) {
      case core::value_type::number: json_.value(v.as_number()); return;
      case core::value_type::integer: json_.value(v.as_integer()); return;
      case core::value_type::boolean: json_.value(v.as_boolean()); return;
      case core::value_type::text: json_.value(v.text); return;
      case core::value_type::thing: json_.value(core::to_string({world_, v.bits})); return;
    }
  }
  std::string kind_name(core::kind_index kind) const {
    return kind < catalogue_.kinds().size() ? catalogue_.kinds()[kind].name : std::to_string(kind);
  }

  void one(const effect& e) {
    static constexpr const char* names[] = {"",           "created",   "removed", "moved",
                                            "set",        "added",     "turned",  "ticked",
                                            "configured", "catalogued"};
    json_.begin_object().member("type", names[static_cast<std::size_t>(e.type)]);
    switch (e.type) {
      case effect_type::created:
        id("thing", e.thing);
        json_.member("kind", kind_name(e.created().kind));
        place("pos", e.pos);
        if (!e.created().name.empty()) json_.member("name", e.created().name);
        break;
      case effect_type::removed:
        id("thing", e.thing);
        if (!e.text().empty()) json_.member("cause", e.text());
        if (e.bits != core::no_thing) id("heir", e.bits);
        break;
      case effect_type::moved:
        id("thing", e.thing);
        place("pos", e.pos);
        break;
      case effect_type::set:
      case effect_type::added: property(e); break;
      case effect_type::ticked: json_.member("tick", e.bits); break;
      case effect_type::turned:
      case effect_type::configured:
      case effect_type::catalogued: break;
    }
    json_.end_object();
  }

  // The kind of the thing is not in the effect: a slot is named where the thing's kind is sure.
  void property(const effect& e) {
    id("thing", e.thing);
    const core::property* p = named_by(e);
    if (p) json_.member("property", p->name);
    else json_.member("slot", e.slot);
    json_.key("value");
    if (e.more) json_.value(e.text());
    else if (p) value({p->type, e.bits, {}});
    else json_.value(e.bits);
  }

  // The kind of a thing, where this record tells it: of the world, the agent, and what it creates.
  std::optional<core::kind_index> kind_of(core::serial thing) const {
    if (thing == core::world_serial) return core::world_kind;
    if (thing == subject_id_) return subject_;
    for (const effect& e : *all_)
      if (e.type == effect_type::created && e.thing == thing) return e.created().kind;
    return std::nullopt;
  }

  const core::property* named_by(const effect& e) const {
    const auto kind = kind_of(e.thing);
    if (!kind || *kind >= catalogue_.kinds().size()) return nullptr;
    const auto& properties = catalogue_.kinds()[*kind].properties;
    return e.slot < properties.size() ? &properties[e.slot] : nullptr;
  }

public:
  /// The thing whose kind is known from the command: the agent, or what is created.
  void subject(core::serial thing, std::optional<core::kind_index> kind) {
    subject_id_ = thing;
    subject_ = kind;
  }

private:
  json_writer& json_;
  const core::catalogue& catalogue_;
  core::world_number world_;
  const std::vector<effect>* all_ = nullptr;
  core::serial subject_id_ = core::no_thing;
  std::optional<core::kind_index> subject_;
};

}  // namespace

void write_record(json_writer& json, const core::record& r, const core::catalogue& c,
                  core::world_number world) {
  record_json out{json, c, world};
  json.begin_object().member("seq", r.seq).member("tick", r.tick).key("command").begin_object();
  std::visit(out, r.command);
  json.end_object().member("outcome", core::to_string(r.outcome));
  if (!r.reason.empty()) json.member("reason", r.reason);
  json.member("draws", r.draws).key("effects");
  if (const auto* act = std::get_if<core::act_command>(&r.command))
    out.subject(act->agent, c.bot_kind());
  out.effects(r.effects);
  json.end_object();
}

}  // namespace unscripted::gateway
