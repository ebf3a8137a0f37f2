#include "storage/history.hpp"

#include "storage/clock.hpp"
#include "storage/commit_cursor.hpp"
#include "storage/engine.hpp"
#include "storage/keys.hpp"
#include "storage/moment.hpp"
#include "storage/snapshot.hpp"

#include <algorithm>

namespace unscripted::storage {

namespace {

constexpr std::uint64_t snapshot_after_records = 20'000;
constexpr std::uint64_t snapshot_records_per_thing = 16;
// A fraction of a second of replay: behind that, no more than makes up for the bytes of a snapshot.
constexpr std::uint64_t quickly_replayed_records = 300'000;
constexpr std::uint64_t least_records_per_thing = 3;

failure misuse(core::world_number world, const std::string& what) {
  return {failure_kind::misuse, "the history of world " + std::to_string(world) + " " + what +
                                    "; nothing was written: this is a bug in the program"};
}

}  // namespace

history::history(store& in, core::world_number world)
  : engine_(in.internals()), world_(world), reader_(in, world),
    batch_(std::make_unique<rocksdb::WriteBatch>()) {}

history::history(history&&) noexcept = default;
history::~history() = default;

result<history> history::open(store& in, core::world_number world) {
  const auto entry = in.find_world(world);
  if (!entry) return entry.why();
  history h(in, world);
  const auto now = moment::now(in.internals(), world);
  if (!now) return now.why();
  h.head_ = now->head();
  h.read_last_time(*now);
  return h;
}

/// A clock that was set back between two processes would make times run back in the middle of a
/// history, and a moment could not be found by its time any more. Damage is told by recover().
void history::read_last_time(const moment& now) {
  if (head_.last_seq == now.base().seq) return;
  commit_cursor last(now, reading::some);
  if (!last.seek(head_.last_seq) && !last.at_end()) last_ms_ = last.header().wall_ms;
}

history history::open_import(store& in, core::world_number world) { return {in, world}; }

std::optional<failure> history::append(commit_builder& records, std::uint64_t tick,
                                       std::uint64_t state_hash) {
  commit_header header;
  header.wall_ms = last_ms_ = std::max(unix_ms(), last_ms_);
  header.tick = tick;
  header.state_hash = state_hash;
  return write(records, header);
}

std::optional<failure> history::append_as_of(std::int64_t wall_ms, commit_builder& records,
                                             const core::world& after) {
  commit_header header;
  header.wall_ms = std::max<std::int64_t>(wall_ms, 0);
  header.tick = after.tick();
  header.state_hash = after.hash();
  return write(records, header);
}

/// `header` lacks what follows from the records.
std::optional<failure> history::write(commit_builder& records, commit_header header) {
  if (records.empty()) return {};
  if (auto why = misplaced(records)) return why;
  batch_->Clear();
  if (auto why = keep_catalogue(records.catalogue())) return why;

  header.catalogue = records.catalogue() ? records.catalogue()->digest() : 0;
  header.count = records.count();
  encode_commit(header, head_.chain, records.bytes(), value_);
  const rocksdb::Slice value(value_);
  batch_->Put(engine_.handle(family::commits), seq_key(world_, records.first_seq()), value);
  for (const owned_bot& bot : records.owners()) put_owner(bot);

  put_answers(records);

  history_head next = head_;
  next.last_seq = records.last_seq();
  next.tick = header.tick;
  next.state_hash = header.state_hash;
  next.chain = header.chain;
  ++next.commit_count;
  if (auto why = write_with(next)) return why;
  kept_catalogue_ = header.catalogue;
  records.clear();
  return {};
}

std::optional<failure> history::begin_with(const core::world& state, const chain_value& chain) {
  if (head_.last_seq > 0 || state.seq() == 0)
    return misuse(world_, "is to begin with a state, and has a beginning or was given none");
  history_base base;
  base.seq = state.seq();
  base.tick = state.tick();
  base.state_hash = state.hash();
  base.chain = chain;
  std::string bytes;
  encode_base(base, bytes);
  batch_->Clear();
  if (auto why = keep_catalogue(state.shared_catalogue())) return why;
  batch_->Put(engine_.handle(family::bases), world_key(world_), bytes);
  batch_->Put(engine_.handle(family::snapshots), seq_key(world_, base.seq),
              encode_snapshot(state, chain));
  history_head next;
  next.last_seq = next.snapshot_seq = base.seq;
  next.tick = base.tick;
  next.state_hash = base.state_hash;
  next.chain = chain;
  next.snapshot_count = 1;
  return write_with(next);
}

std::optional<failure> history::misplaced(const commit_builder& records) const {
  if (!records.is_contiguous()) return misuse(world_, "was given records with a gap");
  if (records.first_seq() != head_.last_seq + 1)
    return misuse(world_, "ends at seq " + std::to_string(head_.last_seq) +
                              " and was given records from " + std::to_string(records.first_seq()));
  if ((records.first_seq() == 1) == bool{records.catalogue()})
    return misuse(world_, "was given a commit with the wrong catalogue before it");
  return {};
}

void history::put_owner(const owned_bot& bot) {
  const auto key = owner_key(world_, bot.bot);
  if (bot.principal == 0) batch_->Delete(engine_.handle(family::meta), key.slice());
  else batch_->Put(engine_.handle(family::meta), key, encode_owner(bot));
}

/// Adds the description of the catalogue to the batch unless the store has it.
std::optional<failure> history::keep_catalogue(const core::catalogue_ptr& needed) {
  if (!needed || needed->digest() == kept_catalogue_) return {};
  const auto key = digest_key(needed->digest());
  const auto stored = engine_.get(family::plugins, key);
  if (!stored) return stored.why();
  if (!*stored) {
    batch_->Put(engine_.handle(family::plugins), key, needed->description());
    return {};
  }
  if (**stored != needed->description())
    return misuse(world_, "was given a catalogue with the digest of another one");
  return {};
}

void history::put_answers(const commit_builder& records) {
  std::string bytes;
  for (const kept_answer& told : records.answers()) {
    encode_answer(told, bytes);
    batch_->Put(engine_.handle(family::answers), seq_key(world_, told.seq), bytes);
  }
  for (const std::uint64_t seq : records.forgotten())
    batch_->Delete(engine_.handle(family::answers), seq_key(world_, seq));
}

/// Writes the batch together with the head that it leads to.
std::optional<failure> history::write_with(const history_head& next) {
  encode_head(next, head_value_);
  const rocksdb::Slice value(head_value_);
  batch_->Put(engine_.handle(family::heads), world_key(world_), value);
  if (auto why = engine_.write(*batch_)) return why;
  head_ = next;
  return {};
}

std::uint64_t history::snapshot_interval(std::uint64_t things) {
  const std::uint64_t cheap = snapshot_records_per_thing * things;
  const std::uint64_t most = std::max(quickly_replayed_records, least_records_per_thing * things);
  return std::max(snapshot_after_records, std::min(cheap, most));
}

bool history::snapshot_due(const core::world& w) const {
  return head_.last_seq - head_.snapshot_seq >= snapshot_interval(w.thing_count());
}

std::optional<failure> history::snapshot(const core::world& w) {
  if (w.seq() == 0 || w.seq() != head_.last_seq || w.hash() != head_.state_hash)
    return misuse(world_, "ends at seq " + std::to_string(head_.last_seq) +
                              " and was given the state of another moment (seq " +
                              std::to_string(w.seq()) + ")");
  if (head_.snapshot_seq == w.seq()) return {};
  const std::string state = encode_snapshot(w, head_.chain);
  batch_->Clear();
  batch_->Put(engine_.handle(family::snapshots), seq_key(world_, w.seq()), state);

  history_head next = head_;
  next.snapshot_seq = w.seq();
  ++next.snapshot_count;
  return write_with(next);
}

}  // namespace unscripted::storage
