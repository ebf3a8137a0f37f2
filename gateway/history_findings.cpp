// The part of the archive's work that looks for something: verify and bisect.
#include "gateway/history_json.hpp"
#include "gateway/history_work.hpp"
#include "storage/bisect.hpp"
#include "storage/verify.hpp"

#include <array>

namespace unscripted::gateway {

namespace {

using core::errc;
using core::problem;

void write_id(json_writer& json, std::string_view key, core::thing_id id) {
  json.member(key, core::to_string(id));
}

void write_plugin(json_writer& json, std::string_view key,
                  const std::optional<core::plugin>& plugin) {
  json.key(key);
  if (!plugin) {
    json.null();
    return;
  }
  json.begin_object().member("id", plugin->id).member("version", plugin->version);
  json.member("hash", plugin->hash).end_object();
}

void write_divergence(json_writer& json, const storage::divergence& d, core::world_number world) {
  json.begin_object().member("seq", d.seq).member("tick", d.tick).member("action", d.action);
  if (d.difference.thing != core::no_thing) write_id(json, "thing", {world, d.difference.thing});
  json.member("property", d.difference.what).member("expected", d.difference.expected);
  json.member("found", d.difference.found);
  write_plugin(json, "plugin", d.past);
  write_plugin(json, "decided_now_by", d.now);
  json.key("records").begin_array();
  for (const auto& r : d.records) write_record(json, r.record, *r.catalogue, world);
  json.end_array().end_object();
}

/// Both ends as sequences; the whole history where they are absent.
struct seq_range {
  std::uint64_t from = 0, to = ~std::uint64_t{0};
};

core::result<seq_range> find_range(storage::store& in, core::world_number world,
                                   const range_wish& wish) {
  seq_range range;
  if (wish.from) {
    const auto from = find_seq(in, world, wish.from);
    if (!from) return from.why();
    range.from = *from;
  }
  if (wish.to) {
    const auto to = find_seq(in, world, wish.to);
    if (!to) return to.why();
    range.to = *to;
  }
  if (range.from > range.to) return core::bad_param("to", "not before `from`");
  return range;
}

}  // namespace

archive_answer verify_history(archive& in, core::world_number world, const verify_wish& wish,
                              const storage::progress& report) {
  const auto range = find_range(*in.store(), world, wish.range);
  if (!range) return range.why();
  storage::verify_options how;
  how.from = range->from;
  how.to = range->to;
  how.catalogue = in.catalogue();
  how.for_past = in.deciders(wish.with_present);
  how.count_all = wish.count_all;
  how.threads = in.threads();
  how.progress = report;
  const auto found = storage::verify(*in.store(), world, how);
  if (!found) return to_problem(*in.store(), world, found.why());
  std::string out;
  json_writer json{out};
  json.begin_object().member("records", found->records).member("ok", found->differing == 0);
  json.member("from", found->from).member("to", found->to);
  json.member("differing", found->differing).key("other_builds").begin_array();
  for (const auto& change : found->changes) {
    json.begin_object();
    write_plugin(json, "recorded", change.past);
    write_plugin(json, "decided_now_by", change.now);
    json.end_object();
  }
  json.end_array();
  if (found->first) write_divergence(json.key("divergence"), *found->first, world);
  json.end_object();
  return out;
}

archive_answer bisect_history(archive& in, core::world_number world, const core::predicate& holds,
                              const range_wish& wish, bool scan, const storage::progress& report) {
  const auto range = find_range(*in.store(), world, wish);
  if (!range) return range.why();
  const auto found =
      storage::bisect(*in.store(), world, holds, {range->from, range->to, scan, report});
  if (!found) return to_problem(*in.store(), world, found.why());
  static constexpr std::array answers = {"found", "holds_from_the_start", "never_at_the_end"};
  std::string out;
  json_writer json{out};
  json.begin_object().member("when", holds.text());
  json.member("answer", answers[static_cast<std::size_t>(found->what)]);
  json.member("seq", found->seq).member("tick", found->tick);
  json.member("states_looked_at", found->states_looked_at);
  json.member("records_replayed", found->records_replayed).end_object();
  return out;
}

}  // namespace unscripted::gateway
