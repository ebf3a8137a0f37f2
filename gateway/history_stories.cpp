// The part of the archive's work that tells: what differs, and why a thing is as it is.
#include "core/diff.hpp"
#include "gateway/history_json.hpp"
#include "gateway/history_work.hpp"
#include "gateway/world_json.hpp"
#include "storage/explain.hpp"
#include "storage/history_reader.hpp"
#include "storage/lineage.hpp"

#include <array>

namespace unscripted::gateway {

namespace {

std::string id_text(core::world_number world, core::serial thing) {
  return core::to_string(core::thing_id{world, thing});
}

// -- diff ----------------------------------------------------------------------------------------

/// One side of a diff: the state that is compared.
struct side {
  core::world_number world = 0;
  std::unique_ptr<core::world> state;
};

core::result<side> take_side(storage::store& in, core::world_number world,
                             const std::optional<when>& at) {
  const auto seq = find_seq(in, world, at);
  if (!seq) return seq.why();
  auto state = storage::history_reader(in, world).state_at(*seq);
  if (!state) return to_problem(in, world, state.why());
  return side{world, std::move(state->world)};
}

void write_side(json_writer& json, std::string_view key, const side& s) {
  json.key(key).begin_object().member("world", id_text(s.world, core::world_serial));
  json.member("name", s.state->settings().name).member("seq", s.state->seq());
  json.member("tick", s.state->tick())
      .member("hash", storage::to_hex(s.state->hash()))
      .end_object();
}

void write_differences(json_writer& json, const core::differences& all, core::world_number a) {
  json.member("total", all.total).key("items").begin_array();
  for (const core::difference& d : all.items) {
    json.begin_object().member("thing", id_text(a, d.thing)).member("kind", d.kind);
    if (!d.name.empty()) json.member("name", d.name);
    json.member("what", d.what).member("a", d.a).member("b", d.b).end_object();
  }
  json.end_array();
}

// The state before a record names the properties of what it changes: numbers name them where that
// state is gone.
void write_parting_side(json_writer& json, std::string_view key, storage::store& in,
                        const std::optional<storage::parting_side>& s) {
  json.key(key);
  if (!s) return void(json.null());
  const auto before = storage::history_reader(in, s->world).state_at(s->record.seq - 1);
  const auto kinds = before ? kinds_in(*before->world, *s->catalogue) : kind_finder{};
  write_record(json, s->record, *s->catalogue, s->world, kinds);
}

void write_parting(json_writer& json, storage::store& in, const storage::parting& p) {
  json.begin_object().member("shared_seq", p.shared_seq);
  if (p.origin) {
    json.key("origin").begin_object().member("world", id_text(p.origin, core::world_serial));
    json.member("seq", p.origin_seq).end_object();
  }
  json.member("compared_from", p.compared_from).member("parted_unseen", p.parted_unseen);
  write_parting_side(json, "a", in, p.a);
  write_parting_side(json, "b", in, p.b);
  json.key("notes").begin_array();
  for (const std::string& line : p.notes) json.value(line);
  json.end_array().end_object();
}

// -- explain -------------------------------------------------------------------------------------

void write_occasion(json_writer& json, std::string_view key, const storage::occasion& o,
                    core::world_number world) {
  json.key(key);
  if (o.seq == 0) {
    json.null();
    return;
  }
  json.begin_object().member("seq", o.seq).member("tick", o.tick).member("command", o.command);
  if (o.agent != core::no_thing) json.member("agent", id_text(world, o.agent));
  json.end_object();
}

void write_story(json_writer& json, const storage::value_story& s, core::world_number world) {
  json.begin_object().member("name", s.name).member("value", s.value).member("writes", s.writes);
  write_occasion(json, "last", s.last, world);
  json.end_object();
}

void write_actions(json_writer& json, std::string_view key,
                   const std::vector<storage::action_story>& all, core::world_number world) {
  json.key(key).begin_array();
  for (const storage::action_story& s : all) {
    json.begin_object().member("action", s.action).member("target_kind", s.target_kind);
    json.member("done", s.done).member("refused", s.refused).member("fault", s.fault);
    json.member("absent", s.absent).member("in_vain_since", s.in_vain);
    write_occasion(json, "last_done", s.last_done, world);
    write_occasion(json, "last_in_vain", s.last_in_vain, world);
    if (!s.last_reason.empty()) json.member("last_reason", s.last_reason);
    json.end_object();
  }
  json.end_array();
}

void write_reach(json_writer& json, const std::vector<storage::reach_story>& all,
                 core::world_number world) {
  json.key("reach").begin_array();
  for (const storage::reach_story& s : all) {
    json.begin_object().member("action", s.action).member("target_kind", s.target_kind);
    json.member("reach", core::to_metres(s.reach)).member("at_the_end", s.at_the_end);
    json.member("seq", s.seq).member("tick", s.tick);
    if (s.nearest != core::no_thing) json.member("nearest", id_text(world, s.nearest));
    if (s.distance) json.member("distance", core::to_metres(*s.distance));
    json.end_object();
  }
  json.end_array();
}

void write_birth_and_end(json_writer& json, const storage::explanation& e) {
  static constexpr std::array ways = {"founded", "created", "heir", "made", "before_the_history"};
  json.key("birth").begin_object();
  json.member("how", ways[static_cast<std::size_t>(e.birth.how)]);
  write_occasion(json, "when", e.birth.when, e.world);
  if (e.birth.replaces != core::no_thing)
    json.member("replaces", id_text(e.world, e.birth.replaces));
  json.end_object();
  if (!e.end) return;
  json.key("end").begin_object().member("cause", e.end->cause);
  write_occasion(json, "when", e.end->when, e.world);
  if (e.end->heir != core::no_thing) json.member("heir", id_text(e.world, e.end->heir));
  json.end_object();
}

void write_explanation(json_writer& json, const storage::explanation& e) {
  json.begin_object().member("thing", id_text(e.world, e.thing)).member("kind", e.kind);
  if (!e.name.empty()) json.member("name", e.name);
  json.member("seq", e.seq).member("tick", e.tick).key("lines").begin_array();
  for (const std::string& line : storage::tell(e)) json.value(line);
  json.end_array();
  write_birth_and_end(json, e);
  json.key("properties").begin_array();
  for (const auto& s : e.properties) write_story(json, s, e.world);
  json.end_array();
  if (e.place) write_story(json.key("place"), *e.place, e.world);
  if (e.settings) write_story(json.key("settings"), *e.settings, e.world);
  if (e.plugins) write_story(json.key("plugins"), *e.plugins, e.world);
  write_actions(json, "did", e.did, e.world);
  write_actions(json, "done_to_it", e.done_to_it, e.world);
  write_reach(json, e.reach, e.world);
  json.key("records").begin_array();
  for (const auto& t : e.last) write_record(json, t.record, *t.catalogue, e.world);
  json.end_array().end_object();
}

}  // namespace

archive_answer diff_histories(archive& in, core::world_number a, const std::optional<when>& at_a,
                              core::world_number b, const std::optional<when>& at_b,
                              std::uint32_t limit, const storage::progress& report) {
  storage::store& store = *in.store();
  const auto left = take_side(store, a, at_a);
  if (!left) return left.why();
  const auto right = take_side(store, b, at_b);
  if (!right) return right.why();
  std::string out;
  json_writer json{out};
  json.begin_object();
  write_side(json, "a", *left);
  write_side(json, "b", *right);
  write_differences(json, core::diff(*left->state, *right->state, limit), a);
  if (a != b) {
    const auto parting = storage::where_they_part(store, a, b, report);
    if (parting) write_parting(json.key("parting"), store, *parting);
    else if (parting.why().kind != storage::failure_kind::not_found)
      return to_problem(store, a, parting.why());
    else json.key("parting").null().member("why_no_parting", parting.why().message);
  }
  json.end_object();
  // Of `a` its caller sees to that.
  if (const auto there = store.find_world(b); !there) return to_problem(store, b, there.why());
  return out;
}

archive_answer explain_thing(archive& in, core::thing_id id, const std::optional<when>& at,
                             const storage::progress& report) {
  const auto seq = find_seq(*in.store(), id.world, at);
  if (!seq) return seq.why();
  storage::explain_options how;
  how.at = *seq;
  how.progress = report;
  const auto found = storage::explain(*in.store(), id.world, id.thing, how);
  if (!found) return to_problem(*in.store(), id.world, found.why());
  std::string out;
  json_writer json{out};
  write_explanation(json, *found);
  return out;
}

}  // namespace unscripted::gateway
