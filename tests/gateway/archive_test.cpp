// What the archive does without being asked: it takes away what is older than worlds keep it.
#include "gateway/archive.hpp"
#include "storage/clock.hpp"
#include "storage/history_reader.hpp"
#include "storage/playback.hpp"
#include "storage/verify.hpp"
#include "tests/gateway/history_world.hpp"

using namespace unscripted;
using namespace unscripted::gateway;
using namespace unscripted::gateway::testing;

namespace {

constexpr std::int64_t ms_a_day = 86'400'000;

/// Another world with the history of `world`, said to be of the time `first_ms` and, from the
/// record `recent` on, of now. Returns its number.
core::world_number retold(storage::store& in, core::world_number world, std::int64_t first_ms,
                          std::uint64_t recent) {
  const auto number = must(in.begin_import());
  auto past = storage::history::open_import(in, number);
  auto at = must(storage::playback::begin(in, world, 0));
  storage::commit_builder records;
  while (!at.at_end()) {
    const bool is_first = at.world().seq() == 0;
    records.add(at.next(), is_first ? core::catalogue_ptr{} : at.world().shared_catalogue());
    const bool is_last = at.is_last_of_commit();
    must(at.advance());
    if (!is_last) continue;
    const bool is_recent = at.world().seq() >= recent;
    must(past.append_as_of(is_recent ? storage::unix_ms() : first_ms, records, at.world()));
  }
  must(in.finish_import(number, "retold", first_ms));
  return number;
}

storage::history_stats stats_of(storage::store& in, core::world_number world) {
  return must(storage::history_reader(in, world).stats());
}

archive_options sweeping(storage::store& in) {
  archive_options how;
  how.store = &in;
  how.catalogue = [] { return edge_catalogue(); };
  how.warn = [](const std::string& line) { FAIL(line); };
  return how;
}

}  // namespace

TEST_CASE("what is older than its world keeps it is swept away, and nothing else",
          "[gateway][archive]") {
  scratch_store s;
  wild_world fresh(*s, "fresh", 5);
  fresh.live(200);
  const std::int64_t long_ago = storage::unix_ms() - 10 * ms_a_day;
  const auto old = retold(*s, fresh.number(), long_ago, 150);
  const auto kept = retold(*s, fresh.number(), long_ago, 150);
  const auto unbound = retold(*s, fresh.number(), long_ago, 150);
  must(s->retain(fresh.number(), 1));
  must(s->retain(old, 9));
  must(s->retain(kept, 11));
  const auto before = stats_of(*s, old);

  archive swept(sweeping(*s));
  swept.prune_the_old();

  const auto after = stats_of(*s, old);
  CHECK(after.base_seq > 0);
  CHECK(after.first_seq <= 150);
  CHECK(after.first_ms > long_ago);
  CHECK(after.state_hash == before.state_hash);
  CHECK(after.chain == before.chain);
  for (const auto world : {fresh.number(), kept, unbound}) CHECK(stats_of(*s, world).base_seq == 0);
  storage::verify_options how;
  how.catalogue = edge_catalogue();
  how.for_past = [](const core::catalogue& past) {
    const auto later = edge_catalogue(true);
    return past.same_description(*later) ? later : edge_catalogue();
  };
  const auto found = must(storage::verify(*s, old, how));
  CHECK(found.records == after.records);
  CHECK_FALSE(found.first);

  swept.prune_the_old();
  CHECK(stats_of(*s, old).records == after.records);
}

TEST_CASE("a history that is old as a whole keeps its last commit", "[gateway][archive]") {
  scratch_store s;
  wild_world fresh(*s, "fresh", 6);
  fresh.live(100);
  const auto old = retold(*s, fresh.number(), 1'000'000, ~std::uint64_t{0});
  const auto before = stats_of(*s, old);
  must(s->retain(old, 1));

  archive swept(sweeping(*s));
  swept.prune_the_old();

  const auto after = stats_of(*s, old);
  CHECK(after.commits == 1);
  CHECK(after.records < before.records);
  CHECK(after.state_hash == before.state_hash);
  CHECK(after.chain == before.chain);
}
