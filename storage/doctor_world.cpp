// One world of an examination: its keys are listed, then it is replayed, and begun again behind
// each damage where a snapshot allows it.
#include "storage/doctor_parts.hpp"
#include "storage/doctor_words.hpp"
#include "storage/history_reader.hpp"
#include "storage/keys.hpp"
#include "storage/moment.hpp"
#include "storage/playback.hpp"
#include "storage/snapshot.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace unscripted::storage::doctor {

namespace {

constexpr std::uint64_t records_between_beats = 20'000;

std::string at_seq(const char* what, std::uint64_t seq) {
  return std::string(what) + " at seq " + std::to_string(seq);
}

class world_doctor {
public:
  world_doctor(const store& from, const beat& on, world_checkup& world)
    : store_(from), engine_(from.internals()), on_(on), world_(world) {}

  bool examine();

private:
  /// A place where a replay could not go on, behind the record `after`.
  struct hurt {
    std::string wrong;
    std::uint64_t after = 0;
  };

  bool has_head();
  void list_commits();
  void list_snapshots();
  void check_catalogues();
  bool replay_all();
  std::optional<std::uint64_t> replay(std::uint64_t start, std::uint64_t reached);
  void look_at_snapshot(const playback& p, bool between_commits);
  bool is_usable(std::uint64_t seq);
  void check_recovery();
  void check_answers();
  void check_counts();
  void tell_hurts();
  void note(verdict grade, std::string wrong, std::string remedy) {
    world_.findings.push_back({grade, std::move(wrong), std::move(remedy)});
  }

  const store& store_;
  const engine& engine_;
  const beat& on_;
  world_checkup& world_;
  std::optional<moment> at_;

  std::uint64_t commits_ = 0;
  bool all_commits_listed_ = false;
  std::map<std::uint64_t, std::uint64_t> catalogues_;  // which digests, and where first
  std::vector<std::uint64_t> snapshots_;               // sequences, in order
  std::size_t next_snapshot_ = 0;                      // the first one not looked at
  std::vector<hurt> hurts_;
  bool recovers_ = false;
};

bool world_doctor::examine() {
  if (!has_head()) return true;
  auto now = moment::now(engine_, world_.number);
  if (!now) {
    note(verdict::damaged, symptom(now.why()),
         "without it nothing of this world can be read: " + std::string(restore_backup));
    return true;
  }
  at_.emplace(std::move(*now));
  world_.last_seq = at_->head().last_seq;
  world_.records = at_->head().last_seq - at_->base().seq;
  world_.ticks = at_->head().tick;
  list_commits();
  list_snapshots();
  if (!replay_all()) return false;
  check_catalogues();
  check_recovery();
  tell_hurts();
  check_counts();
  check_answers();
  return true;
}

/// Without a head a world is empty: then nothing else may be there.
bool world_doctor::has_head() {
  const auto key = world_key(world_.number);
  const auto head = engine_.get(family::heads, key);
  if (!head) {
    note(verdict::damaged, symptom(head.why()), restore_backup);
    return false;
  }
  if (*head) return true;
  for (const family f : {family::commits, family::snapshots, family::bases, family::answers}) {
    const auto it = engine_.iterate(f, rocksdb::ReadOptions());
    it->Seek(key);
    if (!it->Valid() || !it->key().starts_with(key)) continue;
    note(verdict::damaged,
         "the head of world " + std::to_string(world_.number) +
             " should be there, since it has a history, and is missing",
         "without it nothing of this world can be read: " + std::string(restore_backup));
    return false;
  }
  return false;
}

// -- what is there -------------------------------------------------------------------------------

void world_doctor::list_commits() {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const auto it = at_->iterate(family::commits, options);
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    ++commits_;
    // What is not readable here is found, and named, by the replay.
    const auto commit = decode_commit({it->value().data(), it->value().size()});
    if (!commit || commit->header.catalogue == 0 || it->key().size() != seq_key_bytes) continue;
    catalogues_.try_emplace(commit->header.catalogue, seq_of(it->key()));
  }
  all_commits_listed_ = it->status().ok();
}

void world_doctor::list_snapshots() {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const auto it = at_->iterate(family::snapshots, options);
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (it->key().size() == seq_key_bytes) {
      snapshots_.push_back(seq_of(it->key()));
      continue;
    }
    note(verdict::damaged,
         "the key of a snapshot should be 12 bytes long, is " + std::to_string(it->key().size()),
         restore_backup);
  }
  if (!it->status().ok())
    note(verdict::usable_with_care,
         symptom(engine_.to_failure("the snapshots cannot be listed", it->status())),
         "damaged snapshots cost only time: older ones, or all records, are used");
}

// -- replaying -----------------------------------------------------------------------------------

/// From the beginning, and behind each damage from the next snapshot that allows it.
bool world_doctor::replay_all() {
  const std::uint64_t base = at_->base().seq;
  auto reached = replay(base, base);
  while (reached && next_snapshot_ < snapshots_.size()) {
    const std::uint64_t seq = snapshots_[next_snapshot_++];
    if (seq <= *reached) continue;
    if (seq > world_.last_seq) {
      note(verdict::usable_with_care,
           at_seq("the snapshot", seq) + " stands behind the end of the history, which is seq " +
               std::to_string(world_.last_seq),
           "it is never used; where records are missed, " + std::string(restore_backup));
    } else if (is_usable(seq)) {
      reached = replay(seq, *reached);
    }
  }
  return reached.has_value();
}

/// Replays from the state at `start` as far as it goes; what is before `reached` was looked at.
/// Returns the last record that is proved then, or nothing where it was cancelled.
std::optional<std::uint64_t> world_doctor::replay(std::uint64_t start, std::uint64_t reached) {
  auto p = playback::begin(store_, world_.number, start);
  if (!p) {
    if (start == at_->base().seq) hurts_.push_back({symptom(p.why()), start});
    else
      note(verdict::usable_with_care,
           at_seq("the snapshot", start) + " cannot be used: " + symptom(p.why()),
           "what is wrong with the records before it is said, too");
    return reached;
  }
  p->read_ahead();
  proved_records proved{start + 1, start, p->world().tick()};
  std::optional<failure> why;
  std::uint64_t unbeaten = 0;
  look_at_snapshot(*p, true);
  while (!p->at_end() && !why) {
    const bool ends_commit = p->is_last_of_commit();
    const std::uint64_t hash = p->commit().state_hash, tick = p->commit().tick;
    const std::uint64_t seq = p->world().seq() + 1;
    why = p->advance();
    // It may be the next commit that cannot be read.
    const bool done = p->world().seq() == seq;
    if (done && ends_commit && p->world().hash() == hash && p->world().tick() == tick) {
      proved.last = seq;
      proved.tick = tick;
    }
    if (done) look_at_snapshot(*p, ends_commit);
    if (++unbeaten < records_between_beats) continue;
    if (!on_(std::exchange(unbeaten, 0))) return std::nullopt;
  }
  if (!on_(unbeaten)) return std::nullopt;
  if (why) hurts_.push_back({symptom(*why), proved.last});
  if (proved.last >= proved.first) world_.proved.push_back(proved);
  return std::max(proved.last, reached);
}

/// Compares the snapshot at the playback's state, if there is one, with that state.
void world_doctor::look_at_snapshot(const playback& p, bool between_commits) {
  const std::uint64_t seq = p.world().seq();
  while (next_snapshot_ < snapshots_.size() && snapshots_[next_snapshot_] < seq) ++next_snapshot_;
  if (next_snapshot_ == snapshots_.size() || snapshots_[next_snapshot_] != seq) return;
  if (seq == at_->base().seq || seq == p.snapshot_seq()) {  // the playback began with it
    ++next_snapshot_;
    return;
  }
  if (!is_usable(seq)) {
    ++next_snapshot_;
    return;
  }
  ++next_snapshot_;
  const auto stored = engine_.get(family::snapshots, seq_key(world_.number, seq));
  if (!stored || !*stored) return;
  const auto wrong = first_difference(decode_snapshot(**stored), p, between_commits);
  if (wrong) note(verdict::usable_with_care, at_seq("the snapshot", seq) + *wrong, costs_time);
}

/// Whether a snapshot is readable; says so where not.
bool world_doctor::is_usable(std::uint64_t seq) {
  const auto stored = engine_.get(family::snapshots, seq_key(world_.number, seq));
  if (!stored || !*stored) {
    note(verdict::usable_with_care,
         at_seq("the snapshot", seq) +
             " is damaged: " + (stored ? "it is missing" : symptom(stored.why())),
         costs_time);
    return false;
  }
  const auto snapshot = decode_snapshot(**stored);
  if (snapshot.why_not.empty()) return true;
  note(verdict::usable_with_care, at_seq("the snapshot", seq) + " is damaged: " + snapshot.why_not,
       costs_time);
  return false;
}

// -- the end -------------------------------------------------------------------------------------

/// Of the commits that are what was once written.
void world_doctor::check_catalogues() {
  for (const auto& [digest, seq] : catalogues_) {
    const auto holds_seq = [at = seq](const proved_records& p) {
      return p.first <= at && at <= p.last;
    };
    if (std::ranges::none_of(world_.proved, holds_seq)) continue;
    const auto stored = engine_.get(family::plugins, digest_key(digest));
    if (stored && *stored) continue;  // its bytes are looked at with those of the folder
    note(verdict::usable_with_care,
         "catalogue " + to_hex(digest) + ", which the commit at seq " + std::to_string(seq) +
             " names, should be there, is " + (stored ? "missing" : "not readable"),
         "reading cannot begin there; a replay from the first record does without it, and so does "
         "`unscripted history export`");
  }
}

/// What a start of the world would do: its head is compared, too.
void world_doctor::check_recovery() {
  const auto back = history_reader(store_, world_.number).recover();
  recovers_ = bool{back};
  if (back || !hurts_.empty()) return;
  const std::uint64_t last = world_.proved.empty() ? at_->base().seq : world_.proved.back().last;
  hurts_.push_back({symptom(back.why()), last});
}

void world_doctor::tell_hurts() {
  for (const hurt& h : hurts_)
    note(verdict::damaged, h.wrong, what_is_left(world_, h.after, recovers_));
}

/// A world does not begin with answers that it cannot read.
void world_doctor::check_answers() {
  const auto kept = history_reader(store_, world_.number).answers();
  if (!kept) note(verdict::damaged, symptom(kept.why()), restore_backup);
}

/// Of what the head counts. Where a commit is missing that was said already.
void world_doctor::check_counts() {
  if (!hurts_.empty() || !all_commits_listed_) return;
  const std::uint64_t gone = at_->base().commits_gone;
  const std::uint64_t counted = at_->head().commit_count;
  if (counted == commits_ + gone) return;
  note(verdict::usable_with_care,
       "the head should count " + with_commas(commits_ + gone) + " commits, counts " +
           with_commas(counted),
       "only statistics go by it: every record is there");
}

}  // namespace

bool examine_world(const store& from, const beat& on, world_checkup& world) {
  return world_doctor(from, on, world).examine();
}

}  // namespace unscripted::storage::doctor
