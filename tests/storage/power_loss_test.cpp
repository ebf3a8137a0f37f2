// The power goes at any moment: what was not synced is gone, cut, or garbled. What comes back is a
// beginning of what was accepted, and holds all that was acknowledged as synced.
#include "storage/engine.hpp"
#include "storage/manifest_mark.hpp"
#include "tests/storage/faulty_disk.hpp"
#include "tests/storage/torture.hpp"
#include "tests/storage/wreck.hpp"

#include <set>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t changes_max = 300;  // of the disk in one life
constexpr int steps_max = 60;
constexpr const char* own_files[] = {watermark_file_name, manifest_mark_file_name};

/// One data folder through some lives, each ended by a loss of power.
class unlucky_folder {
public:
  explicit unlucky_folder(std::uint64_t seed)
    : chance_(seed), mode_(chance_() % 2 ? durability::fsync : durability::wal) {}

  /// What was wrong, or nothing.
  std::string live_and_lose() {
    auto disk = std::make_shared<faulty_disk>(folder_.path());
    const auto env = rocksdb::NewCompositeEnv(disk);
    if (chance_() % 4) disk->cut_power_at(1 + chance_() % changes_max);
    {
      auto s = store::open(folder_.path(), mode_, {.env = env.get()});
      if (!s) return "it does not open: " + s.why().message;
      live(**s, *disk);
      disk->cut_power();
    }
    disk->lose(static_cast<faulty_disk::loss>(chance_() % 3), chance_);
    lose_own_files();
    return hold();
  }
  bool was_refused() const { return was_refused_; }

private:
  // -- a life -------------------------------------------------------------------------------------

  void live(store& s, const faulty_disk& disk) {
    keep_own_files(disk);
    as_synced_ = as_written_;
    const core::world_number number = main_ ? *main_ : must(s.create_world("main", 1));
    living_world w(s, number, chance_());
    w.recover();
    truth_.resize(w.state().seq() + 1);
    if (!disk.is_off()) main_ = number;
    if (w.state().seq() == 0) w.found("main");
    for (int i = 0; i < steps_max && !disk.is_off(); ++i) {
      do_something(s, w, disk);
      note(w, disk);
    }
  }

  /// What was decided so far, and how far it was acknowledged while there was power.
  void note(living_world& w, const faulty_disk& disk) {
    const std::uint64_t before = w.state().seq() + 1 - w.hashes().size();
    truth_.resize(before + 1);
    truth_.insert(truth_.end(), w.hashes().begin() + 1, w.hashes().end());
    keep_own_files(disk);
    if (mode_ == durability::fsync && !disk.is_off()) synced_ = w.past().last_seq();
  }

  void keep_own_files(const faulty_disk& disk) {
    std::map<std::string, std::string> now;
    for (const char* name : own_files) now[name] = bytes_of(folder_.path() / name);
    if (!disk.is_off()) as_written_ = std::move(now);
  }

  void do_something(store& s, living_world& w, const faulty_disk& disk) {
    switch (chance_() % 16) {
      case 0: static_cast<void>(w.past().snapshot(w.state())); return;
      case 1: {
        const std::uint64_t before = w.past().last_seq();
        if (!s.sync() && !disk.is_off()) synced_ = before;
        return;
      }
      case 2: flush(s); return;
      case 3: add_world(s, disk); return;
      case 4: end_world(s, disk); return;
      case 5: static_cast<void>(s.prune(*main_, w.past().last_seq() / 2)); return;
      case 6: static_cast<void>(s.rename_world(*main_, "main")); return;
      default: w.live(1 + chance_() % 20, 1 + chance_() % 10);
    }
  }

  static void flush(store& s) {
    for (std::size_t f = 0; f < family_count; ++f)
      static_cast<void>(s.internals().db().Flush({}, s.internals().handle(static_cast<family>(f))));
  }

  void add_world(store& s, const faulty_disk& disk) {
    const core::world_number made = must(s.create_world("passing", 1));
    if (!disk.is_off()) others_.insert(made);
  }

  void end_world(store& s, const faulty_disk& disk) {
    if (others_.empty()) return;
    const core::world_number number = *others_.begin();
    others_.erase(number);  // from now on it may be there or not
    must(s.delete_world(number));
    if (!disk.is_off()) deleted_.insert(number);
  }

  // -- after it -----------------------------------------------------------------------------------

  /// They are written and not synced: what the disk has is the last one, or the first, or none.
  void lose_own_files() {
    for (const char* name : own_files) {
      auto& kept = chance_() % 2 ? as_synced_ : as_written_;
      if (kept.contains(name)) put_bytes(folder_.path() / name, kept[name]);
      else fs::remove(folder_.path() / name);
    }
    if (chance_() % 4 == 0) fs::remove(folder_.path() / manifest_mark_file_name);
    if (chance_() % 4 == 0) put_bytes(folder_.path() / lock_file_name, "");
    as_synced_.clear();
    as_written_.clear();
  }

  std::string hold() {
    auto s = store::open(folder_.path(), mode_);
    if (!s && mode_ == durability::wal && s.why().kind == failure_kind::corrupt) {
      // A garbled end, and more was acknowledged than is left, as wal allows: the owner is asked.
      was_refused_ = true;
      s = store::open(folder_.path(), mode_, {.accept_data_loss = true});
    }
    if (!s) return "after the loss: " + s.why().message;
    auto wrong = hold_list(**s);
    return wrong.empty() && main_ ? hold_main(**s) : wrong;
  }

  std::string hold_list(const store& s) {
    const auto list = s.worlds();
    if (!list) return list.why().message;
    std::set<core::world_number> there;
    for (const world_entry& e : *list) there.insert(e.number);
    for (const core::world_number number : others_)
      if (!there.contains(number)) return "world " + std::to_string(number) + " is lost";
    for (const core::world_number number : deleted_)
      if (there.contains(number)) return "world " + std::to_string(number) + " is back";
    if (main_ && !there.contains(*main_)) return "the world is lost";
    return {};
  }

  std::string hold_main(store& s) {
    auto h = history::open(s, *main_);
    if (!h) return h.why().message;
    const auto back = h->recover();
    if (!back) return back.why().message;
    const std::uint64_t seq = back->world->seq();
    if (seq < synced_)
      return "it ends at " + std::to_string(seq) + ", and " + std::to_string(synced_) + " was " +
             "synced (" + std::string{to_string(mode_)} + ")";
    if (seq >= truth_.size()) return "it is longer than it was: " + std::to_string(seq);
    if (seq > 0 && back->world->hash() != truth_[seq])
      return "it is another one at " + std::to_string(seq);
    synced_ = seq;  // a closed store is synced
    return {};
  }

  temp_folder folder_{place_in_memory()};
  std::mt19937_64 chance_;
  durability mode_;
  bool was_refused_ = false;
  std::optional<core::world_number> main_;
  std::set<core::world_number> others_, deleted_;  // acknowledged
  std::vector<std::uint64_t> truth_{0};            // the state hash after each sequence
  std::uint64_t synced_ = 0;                       // the last sequence that was, for certain
  std::map<std::string, std::string> as_synced_, as_written_;  // our own files
};

}  // namespace

TEST_CASE("after a loss of power a history is a beginning of what was accepted, and has all that "
          "was synced",
          "[.][power_loss]") {
  torture_run run(12);
  CAPTURE(run.seed);
  constexpr int lives = 3;
  for (; run.done < run.cycles; ++run.done) {
    const std::uint64_t seed = run.seed + run.done;
    unlucky_folder folder(seed);
    for (int life = 0; life < lives; ++life) {
      ++run.faults;
      const std::string wrong = folder.live_and_lose();
      if (wrong.empty()) continue;
      run.violate(seed, wrong);
      break;
    }
  }
  run.judge();
}

TEST_CASE("what was never synced is gone after a loss of power, and what was is there") {
  temp_folder around;
  const fs::path folder = around.path() / "data";
  fs::create_directories(folder);
  std::mt19937_64 chance(1);
  auto disk = std::make_shared<faulty_disk>(folder);
  const auto env = rocksdb::NewCompositeEnv(disk);
  {
    auto s = must(store::open(folder, durability::wal, {.env = env.get()}));
    living_world w(*s, new_world(*s, "one"), 1);
    w.found("one");
    must(s->sync());
    w.live(50, 5);
    disk->cut_power();
  }
  disk->lose(faulty_disk::loss::all, chance);
  auto s = open_store(folder);
  CHECK_FALSE(s->warnings().empty());
  CHECK(must(must(history::open(*s, 1)).recover()).world->seq() == 4);
}

TEST_CASE("a history has no hole where the power goes while RocksDB begins a new log") {
  int shortened = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    temp_folder folder(place_in_memory());
    std::mt19937_64 chance(seed);
    auto disk = std::make_shared<faulty_disk>(folder.path());
    const auto env = rocksdb::NewCompositeEnv(disk);
    std::uint64_t last = 0;
    {
      auto s = must(store::open(folder.path(), durability::wal, {.env = env.get()}));
      living_world w(*s, new_world(*s, "one"), seed);
      w.found("one");
      w.live(50, 5);
      // The old log is full of what is not synced; its table is written later.
      REQUIRE(s->internals().db().PauseBackgroundWork().ok());
      rocksdb::FlushOptions soon;
      soon.wait = false;
      REQUIRE(s->internals().db().Flush(soon, s->internals().handle(family::meta)).ok());
      w.live(50, 5);
      last = w.past().last_seq();
      disk->cut_power();
      REQUIRE(s->internals().db().ContinueBackgroundWork().ok());
    }
    disk->lose(faulty_disk::loss::some, chance);
    fs::remove(folder.path() / manifest_mark_file_name);  // written by who had no power any more
    auto s = must(store::open(folder.path(), durability::wal, {.accept_data_loss = true}));
    const auto back = must(must(history::open(*s, 1)).recover());
    CHECK(back.world->seq() >= 54);  // what the old log held: the beginning and fifty actions
    shortened += back.world->seq() < last;
  }
  CHECK(shortened > 0);  // else nothing was lost, and nothing shown
}
