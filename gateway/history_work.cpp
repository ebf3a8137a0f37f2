#include "gateway/history_work.hpp"

#include "core/show.hpp"
#include "gateway/history_json.hpp"
#include "gateway/history_values.hpp"
#include "gateway/record_kinds.hpp"
#include "gateway/world_json.hpp"
#include "storage/clock.hpp"
#include "storage/history_reader.hpp"
#include "storage/playback.hpp"

#include <algorithm>
#include <chrono>

namespace unscripted::gateway {

namespace {

using core::errc;
using core::problem;

constexpr std::uint64_t scanned_max = 200'000;      // of one history.read with filters
constexpr std::size_t answer_bytes_max = 16 << 20;  // then the rest is another page
constexpr std::int64_t ms_a_day = 86'400'000;

double to_seconds(std::int64_t ms) { return static_cast<double>(ms) / 1000; }

bool is_about(const core::record& r, core::serial thing) {
  if (const auto* c = std::get_if<core::act_command>(&r.command))
    if (c->agent == thing || c->target == thing) return true;
  if (const auto* c = std::get_if<core::update_command>(&r.command))
    if (c->thing == thing) return true;
  return std::ranges::any_of(r.effects, [&](const core::effect& e) {
    using enum core::effect_type;
    const bool names_none =
        e.type == turned || e.type == ticked || e.type == configured || e.type == catalogued;
    return !names_none && e.thing == thing;
  });
}

bool fits(const read_wish& wish, const core::record& r, const core::catalogue& c) {
  const auto* act = std::get_if<core::act_command>(&r.command);
  if (wish.outcome && r.outcome != *wish.outcome) return false;
  if (wish.bot && (!act || act->agent != *wish.bot)) return false;
  if (wish.thing && !is_about(r, *wish.thing)) return false;
  return !wish.action || *wish.action == core::show_deed(r.command, c);
}

/// The state before it names the properties of the things that it changes.
void write_next(json_writer& json, const storage::playback& at, core::world_number world) {
  const core::world& w = at.world();
  const core::catalogue& names = w.seq() > 0 ? w.catalogue() : *at.catalogue();
  write_record(json, at.next(), names, world, kinds_in(w, names));
}

}  // namespace

problem to_problem(const storage::store& in, core::world_number world,
                   const storage::failure& why) {
  const storage::failure told = storage::or_deleted(in, world, why);
  switch (told.kind) {
    case storage::failure_kind::not_found: return {errc::not_found, told.message, {}};
    case storage::failure_kind::corrupt: return {errc::damaged, told.message, {}};
    case storage::failure_kind::no_room: return {errc::storage_full, told.message, {}};
    default: return {errc::conflict, told.message, {}};
  }
}

std::optional<storage::failure> why_no_room(storage::store& in) {
  if (in.has_room()) return std::nullopt;
  return storage::failure{storage::failure_kind::no_room,
                          "less than 256 MiB are free on the disk of the data folder: free some"};
}

problem gone_before(std::uint64_t seq, std::uint64_t first) {
  return problem{errc::not_found,
                 "seq " + std::to_string(seq) +
                     " is not in this history any more: its first record is " +
                     std::to_string(first),
                 {}}
      .with("first_seq", static_cast<std::int64_t>(first));
}

core::result<std::uint64_t> find_seq(storage::store& in, core::world_number world,
                                     const std::optional<when>& at) {
  storage::history_reader reader(in, world);
  const auto stats = reader.stats();
  if (!stats) return to_problem(in, world, stats.why());
  if (!at) return stats->last_seq;
  const bool by_tick = at->in == when::unit::tick;
  const std::uint64_t first = by_tick ? stats->base_tick : stats->base_seq;
  const std::uint64_t last = by_tick ? stats->last_tick : stats->last_seq;
  const std::string unit = by_tick ? "tick" : "seq";
  // Seq 0 is before the founding: a place to begin a reading at, and no moment with a world.
  const std::uint64_t first_state = by_tick || first > 0 || last == 0 ? first : 1;
  if (at->value < first || at->value > last)
    return problem{errc::not_found,
                   "there is no " + unit + " " + std::to_string(at->value) +
                       " in this history: it goes from " + std::to_string(first_state) + " to " +
                       std::to_string(last),
                   {}}
        .with("first_" + unit, static_cast<std::int64_t>(first_state))
        .with("last_" + unit, static_cast<std::int64_t>(last));
  if (!by_tick) return at->value;
  if (at->value == first) return stats->base_seq > 0 ? stats->base_seq : std::uint64_t{1};
  const auto before = reader.seq_at_tick(at->value - 1);
  if (!before) return to_problem(in, world, before.why());
  return *before + 1;
}

// -- counting and reading ------------------------------------------------------------------------

archive_answer count_history(archive& in, core::world_number world) {
  storage::history_reader reader(*in.store(), world);
  const auto s = reader.stats();
  if (!s) return to_problem(*in.store(), world, s.why());
  const auto entry = in.store()->find_world(world);
  if (!entry) return to_problem(*in.store(), world, entry.why());
  const auto known = reader.catalogue_at_end();
  if (!known) return to_problem(*in.store(), world, known.why());
  std::string out;
  json_writer json{out};
  json.begin_object().member("records", s->records).member("commits", s->commits);
  json.member("bytes", s->bytes);
  json.key("first").begin_object().member("seq", s->first_seq).member("tick", s->first_tick);
  json.member("time", to_seconds(s->first_ms)).end_object();
  json.key("last").begin_object().member("seq", s->last_seq).member("tick", s->last_tick);
  json.member("time", to_seconds(s->last_ms)).end_object();
  json.key("base").begin_object().member("seq", s->base_seq).member("tick", s->base_tick);
  json.end_object();
  if (s->parent) {
    json.key("forked_from").begin_object();
    json.member("world", core::to_string(core::thing_id{s->parent, core::world_serial}));
    json.member("seq", s->parent_seq).end_object();
  }
  json.member("snapshots", s->snapshots).member("last_snapshot_seq", s->snapshot_seq);
  json.member("keep_days", entry->keep_days);
  json.member("hash", storage::to_hex(s->state_hash)).member("chain", storage::to_hex(s->chain));
  json.key("plugins");
  if (*known) write_plugins(json, **known);
  else json.begin_array().end_array();
  json.end_object();
  return out;
}

archive_answer read_history(archive& in, core::world_number world, const read_wish& wish) {
  storage::history_reader reader(*in.store(), world);
  const auto stats = reader.stats();
  if (!stats) return to_problem(*in.store(), world, stats.why());
  if (wish.from > stats->last_seq)
    return core::bad_param("from", stats->records == 0
                                       ? "nothing: this history has no record yet"
                                       : "a sequence in [" + std::to_string(stats->base_seq + 1) +
                                             ", " + std::to_string(stats->last_seq) + "]");
  const std::uint64_t last = std::min(wish.to, stats->last_seq);
  const std::uint64_t first = stats->base_seq + 1;
  if (wish.from > 0 && wish.from < first) return gone_before(wish.from, first);
  auto at = storage::playback::begin(*in.store(), world, std::max(wish.from, first) - 1);
  if (!at) return to_problem(*in.store(), world, at.why());
  if (const auto why = at->check_reaches(last)) return to_problem(*in.store(), world, *why);
  std::string out;
  json_writer json{out};
  json.begin_object().key("records").begin_array();
  std::uint64_t scanned = 0, shown = 0;
  const auto is_full = [&] {
    return shown == wish.limit || scanned == scanned_max || out.size() > answer_bytes_max;
  };
  while (at->world().seq() < last && !is_full()) {
    ++scanned;
    if (fits(wish, at->next(), *at->catalogue())) {
      ++shown;
      write_next(json, *at, world);
    }
    if (const auto why = at->advance()) return to_problem(*in.store(), world, *why);
  }
  json.end_array();
  if (at->world().seq() < last) json.member("next", at->world().seq() + 1);
  json.end_object();
  return out;
}

// -- states --------------------------------------------------------------------------------------

archive_answer show_state(archive& in, core::world_number world, const state_wish& wish,
                          const encoder& encode) {
  const auto seq = find_seq(*in.store(), world, wish.at);
  if (!seq) return seq.why();
  storage::history_reader reader(*in.store(), world);
  const auto state = reader.state_at(*seq);
  if (!state) return to_problem(*in.store(), world, state.why());
  const core::world& w = *state->world;
  if (w.seq() == 0) return problem{errc::not_found, "before seq 1 there is no world", {}};
  std::optional<core::kind_index> kind;
  if (wish.kind) {
    kind = w.catalogue().find_kind(*wish.kind);
    if (!kind) return core::bad_param("kind", "a kind that the world knew then");
  }
  const actors::view seen{w, world, in.store()->mode(), false};
  const auto text = encode.text_of(w.shared_catalogue());
  std::string out;
  json_writer json{out};
  world_json show{json, seen, *text};
  json.begin_object().member("seq", w.seq()).member("tick", w.tick());
  json.member("hash", storage::to_hex(w.hash())).key("world");
  show.world();
  json.key("items").begin_array();
  std::uint32_t shown = 0;
  std::optional<core::serial> last;
  bool has_more = false;
  for (const core::serial id : w.serials()) {
    const core::thing& t = *w.find(id);
    if (id <= wish.after || (kind && t.kind != *kind)) continue;
    has_more = shown == wish.limit;
    if (has_more) break;
    show.thing(t, false, true);
    last = id;
    ++shown;
  }
  json.end_array();
  if (has_more && last) {
    json.key("next");
    show.id(*last);
  }
  json.end_object();
  return out;
}

archive_answer replay_history(archive& in, core::world_number world, const range_wish& wish,
                              const storage::progress& report) {
  storage::store& store = *in.store();
  std::uint64_t from = 0;
  if (wish.from) {
    const auto found = find_seq(store, world, wish.from);
    if (!found) return found.why();
    from = *found;
  } else {
    storage::history_reader reader(store, world);
    const auto stats = reader.stats();
    if (!stats) return to_problem(store, world, stats.why());
    from = stats->base_seq;
  }
  const auto to = find_seq(store, world, wish.to);
  if (!to) return to.why();
  if (from > *to) return core::bad_param("to", "not before `from`");

  auto at = storage::playback::begin(store, world, from);
  if (!at) return to_problem(store, world, at.why());
  if (const auto why = at->check_reaches(*to)) return to_problem(store, world, *why);
  constexpr std::uint64_t step = 50'000;
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t seq = from; seq < *to;) {
    seq = std::min(seq + step, *to);
    if (const auto why = at->advance_to(seq)) return to_problem(store, world, *why);
    if (!report(seq - from, *to - from)) return to_problem(store, world, storage::cancelled());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const std::uint64_t records = *to - from;
  std::string out;
  json_writer json{out};
  json.begin_object().member("records", records).member("seconds", took.count());
  json.member("records_per_s", static_cast<double>(records) / std::max(took.count(), 1e-9));
  json.member("seq", at->world().seq()).member("tick", at->world().tick());
  json.member("hash", storage::to_hex(at->world().hash())).end_object();
  return out;
}

// -- forks and pruning ---------------------------------------------------------------------------

core::result<core::world_number> fork_history(archive& in, core::world_number parent,
                                              const std::string& parent_name,
                                              const fork_wish& wish) {
  storage::store& store = *in.store();
  const auto seq = find_seq(store, parent, wish.at);
  if (!seq) return seq.why();
  if (const auto why = why_no_room(store)) return to_problem(store, parent, *why);
  storage::history_reader reader(store, parent);
  auto state = reader.state_at(*seq);
  if (!state) return to_problem(store, parent, state.why());
  core::world& w = *state->world;
  if (w.seq() == 0) return problem{errc::not_found, "before seq 1 there is no world to fork", {}};
  core::settings changed = w.settings();
  changed.name = wish.name;
  changed.created_ms = storage::unix_ms();
  changed.parent = parent_name + " (" +
                   core::to_string(core::thing_id{parent, core::world_serial}) + ") at seq " +
                   std::to_string(w.seq()) + ", tick " + std::to_string(w.tick());
  if (wish.seed) changed.seed = *wish.seed;
  if (wish.pause_at) changed.pause_at = *wish.pause_at;
  core::effect configured;
  configured.type = core::effect_type::configured;
  configured.more = core::details(std::move(changed));
  w.apply(configured);
  const auto number = store.fork_world(w, parent, wish.owner);
  if (!number) return to_problem(store, parent, number.why());
  return *number;
}

archive_answer prune_history(archive& in, core::world_number world, const when& before) {
  const auto seq = find_seq(*in.store(), world, before);
  if (!seq) return seq.why();
  const auto done = in.store()->prune(world, *seq > 0 ? *seq - 1 : 0);
  if (!done) return to_problem(*in.store(), world, done.why());
  std::string out;
  json_writer json{out};
  json.begin_object().member("records", done->records).member("commits", done->commits);
  json.member("snapshots", done->snapshots).key("base").begin_object();
  json.member("seq", done->base_seq).member("tick", done->base_tick).end_object().end_object();
  return out;
}

archive_answer retain_history(archive& in, core::world_number world, std::uint32_t days) {
  storage::store& store = *in.store();
  if (const auto why = store.retain(world, days)) return to_problem(store, world, *why);
  std::uint64_t records = 0;
  if (days > 0) {
    storage::history_reader reader(store, world);
    const auto seq = reader.seq_at_time(storage::unix_ms() - ms_a_day * days);
    if (!seq) return to_problem(store, world, seq.why());
    const auto done = store.prune(world, *seq);
    if (!done) return to_problem(store, world, done.why());
    records = done->records;
  }
  std::string out;
  json_writer json{out};
  json.begin_object().member("keep_days", days).member("records", records).end_object();
  return out;
}

}  // namespace unscripted::gateway
