#include "storage/playback.hpp"

#include "storage/keys.hpp"
#include "storage/record_cursor.hpp"
#include "storage/snapshot.hpp"

namespace unscripted::storage {

namespace {

std::string line_about(core::world_number world, std::uint64_t seq, const std::string& why) {
  return "passed over the snapshot of world " + std::to_string(world) + " at seq " +
         std::to_string(seq) + ": " + why + "; an older one or the whole history is used instead";
}

failure no_such_seq(const moment& at, std::uint64_t seq) {
  const std::string which = "the history of world " + std::to_string(at.world());
  if (seq < at.base().seq)
    return {failure_kind::not_found, which + " has no seq " + std::to_string(seq) +
                                         " any more: it begins at " +
                                         std::to_string(at.base().seq)};
  return {failure_kind::not_found, which + " has no seq " + std::to_string(seq) + ": it ends at " +
                                       std::to_string(at.head().last_seq)};
}

}  // namespace

failure or_deleted(const store& in, core::world_number world, failure why) {
  const auto entry = in.find_world(world);
  if (entry || entry.why().kind != failure_kind::not_found) return why;
  return {failure_kind::not_found, "the world was deleted meanwhile"};
}

playback::playback(moment at)
  : at_(std::make_unique<moment>(std::move(at))),
    cursor_(std::make_unique<record_cursor>(*at_, reading::all)) {}

playback::playback(playback&&) noexcept = default;
playback& playback::operator=(playback&&) noexcept = default;
playback::~playback() = default;

// -- beginning -----------------------------------------------------------------------------------

result<playback> playback::begin(const store& from, core::world_number world, std::uint64_t seq) {
  auto at = moment::now(from.internals(), world);
  if (!at) return std::move(at.why());
  return begin(std::move(*at), seq);
}

result<playback> playback::begin_at_end(const store& from, core::world_number world) {
  auto at = moment::now(from.internals(), world);
  if (!at) return std::move(at.why());
  const std::uint64_t last = at->head().last_seq;
  return begin(std::move(*at), last);
}

result<playback> playback::begin(moment at, std::uint64_t seq) {
  if (seq > at.head().last_seq || seq < at.base().seq) return no_such_seq(at, seq);
  playback p(std::move(at));
  if (auto why = p.take_nearest_snapshot(seq)) return *std::move(why);
  if (auto why = p.check_next()) return *std::move(why);
  if (auto why = p.advance_to(seq)) return *std::move(why);
  return p;
}

/// The state of the newest good snapshot at or before `until`. The cursor stands behind it.
std::optional<failure> playback::take_nearest_snapshot(std::uint64_t until) {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const auto it = at_->iterate(family::snapshots, options);
  for (it->SeekForPrev(seq_key(at_->world(), until)); it->Valid(); it->Prev()) {
    if (it->key().size() != seq_key_bytes) {
      passed_over_.push_back(line_about(at_->world(), 0, "its key is not 12 bytes long"));
      continue;
    }
    const std::uint64_t seq = seq_of(it->key());
    auto snapshot = decode_snapshot({it->value().data(), it->value().size()});
    if (snapshot.world && snapshot.world->seq() != seq)
      snapshot.why_not = "it holds the state at seq " + std::to_string(snapshot.world->seq());
    if (snapshot.why_not.empty())
      if (const auto why = stand_behind(snapshot)) snapshot.why_not = why->message;
    if (snapshot.why_not.empty()) {
      world_ = std::move(snapshot.world);
      snapshot_seq_ = seq;
      return {};
    }
    passed_over_.push_back(line_about(at_->world(), seq, snapshot.why_not));
  }
  if (!it->status().ok())
    passed_over_.push_back(line_about(at_->world(), 0, it->status().ToString()));
  return begin_without_snapshot();
}

std::optional<failure> playback::begin_without_snapshot() {
  const history_base& base = at_->base();
  if (base.seq > 0)
    return damaged(at_->world(), base.seq, "the snapshot that the history begins with", "readable",
                   passed_over_.empty() ? "missing" : "not: " + passed_over_.back());
  world_ = std::make_unique<core::world>();
  // Also where the head says that there is no record: it may be the head that is missing.
  return cursor_->seek(1);
}

/// Moves the cursor to the record after the snapshot, if the snapshot is of this very history.
std::optional<failure> playback::stand_behind(const decoded_snapshot& s) {
  const std::uint64_t seq = s.world->seq();
  const history_base& base = at_->base();
  chain_value chain = base.chain;
  std::uint64_t hash = base.state_hash;
  if (seq != base.seq) {
    commit_cursor there(*at_, reading::some);
    if (auto why = there.seek(seq)) return why;
    if (there.at_end() || there.last_seq() != seq)
      return damaged(at_->world(), seq, "the commit of the snapshot", "one that ends there",
                     "another");
    chain = there.header().chain;
    hash = there.header().state_hash;
  }
  if (chain != s.chain)
    return damaged(at_->world(), seq, "the chain of the snapshot", to_hex(chain), to_hex(s.chain));
  if (hash != s.world->hash())
    return damaged(at_->world(), seq, "the hash of the snapshot", to_hex(hash),
                   to_hex(s.world->hash()));
  cursor_->suggest(s.world->shared_catalogue());
  return cursor_->seek(seq + 1);
}

// -- going on ------------------------------------------------------------------------------------

void playback::read_ahead() { cursor_->read_ahead(); }
std::uint64_t playback::last_seq() const { return at_->head().last_seq; }
std::uint64_t playback::last_tick() const { return at_->head().tick; }
std::optional<failure> playback::check_reaches(std::uint64_t seq) const {
  if (seq <= last_seq()) return {};
  return failure{failure_kind::not_found, "world " + std::to_string(at_->world()) +
                                              " was deleted meanwhile: it has no seq " +
                                              std::to_string(seq) + " any more"};
}
bool playback::at_end() const { return world_->seq() == at_->head().last_seq; }
const core::record& playback::next() const { return cursor_->record(); }
const core::catalogue_ptr& playback::catalogue() const { return cursor_->catalogue(); }
std::int64_t playback::wall_ms() const { return cursor_->commit().header().wall_ms; }
const commit_header& playback::commit() const { return cursor_->commit().header(); }
bool playback::is_last_of_commit() const { return cursor_->is_last_of_commit(); }
const chain_value& playback::chain_before() const { return cursor_->commit().chain_before(); }

/// That next() is what the head says comes next: bytes of it may be lost.
std::optional<failure> playback::check_next() const {
  const std::uint64_t seq = world_->seq() + 1;
  if (at_end() || (!cursor_->at_end() && next().seq == seq)) return {};
  return damaged(at_->world(), seq, "the commit", "there", "missing");
}

std::optional<failure> playback::advance() {
  const std::uint64_t seq = world_->seq() + 1;
  if (seq == cursor_->commit().first_seq())
    if (auto why = check_catalogue()) return why;
  if (!world_->try_apply(next()))
    return damaged(at_->world(), seq, "the effects", "those of the state before",
                   "of something else");
  if (cursor_->is_last_of_commit())
    if (auto why = check_commit()) return why;
  if (auto why = cursor_->next()) return why;
  return check_next();
}

std::optional<failure> playback::advance_to(std::uint64_t seq) {
  while (world_->seq() < seq && !at_end())
    if (auto why = advance()) return why;
  return {};
}

std::optional<failure> playback::check_catalogue() const {
  const std::uint64_t in_force = world_->seq() == 0 ? 0 : world_->catalogue().digest();
  const auto& commit = cursor_->commit();
  if (commit.header().catalogue == in_force) return {};
  return damaged(at_->world(), commit.first_seq(), "the catalogue of the commit", to_hex(in_force),
                 to_hex(commit.header().catalogue));
}

std::optional<failure> playback::check_commit() const {
  const commit_header& expected = cursor_->commit().header();
  if (world_->tick() != expected.tick)
    return damaged(at_->world(), world_->seq(), "the tick", std::to_string(expected.tick),
                   std::to_string(world_->tick()));
  if (world_->hash() != expected.state_hash)
    return damaged(at_->world(), world_->seq(), "the state hash", to_hex(expected.state_hash),
                   to_hex(world_->hash()));
  return {};
}

/// At the end of the history: whether it ends as its head says.
std::optional<failure> playback::check_head() const {
  const history_head& head = at_->head();
  const auto& end = cursor_->commit();
  const chain_value& chain = end.chain_before();
  if (!end.at_end())
    return damaged(at_->world(), head.last_seq, "the last commit", "this one",
                   "one at seq " + std::to_string(end.first_seq()));
  if (chain != head.chain)
    return damaged(at_->world(), head.last_seq, "the chain of the head", to_hex(chain),
                   to_hex(head.chain));
  if (world_->tick() != head.tick)
    return damaged(at_->world(), head.last_seq, "the tick of the head",
                   std::to_string(world_->tick()), std::to_string(head.tick));
  if (world_->hash() != head.state_hash)
    return damaged(at_->world(), head.last_seq, "the state hash of the head",
                   to_hex(world_->hash()), to_hex(head.state_hash));
  return {};
}

}  // namespace unscripted::storage
