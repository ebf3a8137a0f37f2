// One call of the disk fails, any one, in any way: the store refuses from then on or goes on, and
// the next process has everything that was acknowledged.
#include "storage/engine.hpp"
#include "tests/storage/faulty_disk.hpp"
#include "tests/storage/torture.hpp"
#include "tests/storage/wreck.hpp"

#include <set>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace fs = std::filesystem;

namespace {

using io = faulty_disk::io;
using fault = faulty_disk::fault;

struct kind_of_fault {
  io what;
  fault how;
  const char* name;
};

constexpr kind_of_fault kinds[] = {
    {io::append, fault::eio, "append EIO"},          {io::append, fault::enospc, "append ENOSPC"},
    {io::append, fault::short_write, "append half"}, {io::sync, fault::eio, "sync EIO"},
    {io::sync, fault::enospc, "sync ENOSPC"},        {io::rename, fault::eio, "rename EIO"},
    {io::rename, fault::enospc, "rename ENOSPC"},    {io::open, fault::eio, "open EIO"},
    {io::open, fault::enospc, "open ENOSPC"},        {io::read, fault::eio, "read EIO"},
    {io::remove, fault::eio, "remove EIO"},
};

/// A folder as a kill leaves it, partly in tables and partly in the log, and the hashes of its
/// world.
std::vector<std::uint64_t> make_killed(const fs::path& killed, std::uint64_t seed) {
  temp_folder living(place_in_memory());
  auto s = open_store(living.path());
  living_world w(*s, new_world(*s, "one"), seed);
  w.found("one");
  w.live(40, 7);
  w.snapshot();
  for (std::size_t f = 0; f < family_count; ++f)
    REQUIRE(s->internals().db().Flush({}, s->internals().handle(static_cast<family>(f))).ok());
  w.live(30, 7);
  copy_as_killed(s->internals(), killed);
  return w.hashes();
}

/// One process on a copy of that folder, on a disk of which one call fails; then the next process.
class process {
public:
  process(const fs::path& killed, const std::vector<std::uint64_t>& truth, std::uint64_t seed)
    : folder_(around_.path() / "data"), truth_(truth), seed_(seed),
      mode_(seed % 2 ? durability::fsync : durability::wal) {
    fs::copy(killed, folder_);
    acknowledged_ = truth.size() - 1;
  }

  /// What was wrong, or nothing.
  std::string run(const kind_of_fault& kind, std::uint64_t n) {
    auto disk = std::make_shared<faulty_disk>(folder_);
    const auto env = rocksdb::NewCompositeEnv(disk);
    disk->fail(kind.what, n, kind.how);
    {
      auto s = store::open(folder_, mode_, {.env = env.get()});
      if (!s && !disk->has_failed()) return "it does not open: " + s.why().message;
      if (s) work(**s);
    }
    has_failed = disk->has_failed();
    // A page whose sync failed may never reach the disk, whatever later syncs say.
    if (has_failed && kind.what == io::sync && mode_ == durability::fsync) {
      std::mt19937_64 chance(seed_);
      disk->lose(faulty_disk::loss::all, chance);
    }
    return hold();
  }

  bool has_failed = false;

private:
  /// Everything that a server does with a store. What fails is not acknowledged; after a failed
  /// write nothing is.
  void work(store& s) {
    auto opened = history::open(s, 1);
    if (!opened) return;
    living_world w(std::move(*opened), seed_);
    w.tolerate_failures();
    w.recover();
    if (w.trouble()) return;  // the world stays closed
    live(w, 20);
    static_cast<void>(w.past().snapshot(w.state()));
    make_and_fork(s, w);
    if (!s.broken()) flush(s);
    live(w, 20);
    static_cast<void>(s.prune(1, w.past().last_seq() / 2));
    static_cast<void>(s.checkpoint(around_.path() / "copy"));
    static_cast<void>(history_reader(s, 1).stats());
    static_cast<void>(s.sync());
    end_one(s);
    live(w, 20);
  }

  void live(living_world& w, std::uint64_t count) {
    w.live(count, 5);
    const std::uint64_t base = w.state().seq() + 1 - w.hashes().size();
    truth_.resize(base + 1);
    truth_.insert(truth_.end(), w.hashes().begin() + 1, w.hashes().end());
    acknowledged_ = std::max(acknowledged_, w.past().last_seq());
  }

  void make_and_fork(store& s, living_world& w) {
    if (const auto made = s.create_world("two", 1)) there_.insert(*made);
    const auto state = history_reader(s, 1).state_at(w.past().last_seq());
    if (!state) return;
    if (const auto made = s.fork_world(*state->world, 1)) there_.insert(*made);
  }

  void end_one(store& s) {
    if (there_.empty()) return;
    const core::world_number number = *there_.begin();
    there_.erase(number);
    if (s.delete_world(number)) return;
    gone_.insert(number);
    static_cast<void>(s.wait_for_reclaim());
  }

  static void flush(store& s) {
    for (std::size_t f = 0; f < family_count; ++f)
      static_cast<void>(s.internals().db().Flush({}, s.internals().handle(static_cast<family>(f))));
  }

  std::string hold() {
    auto s = store::open(folder_, mode_);
    if (!s) return "the next process: " + s.why().message;
    const auto list = (*s)->worlds();
    if (!list) return list.why().message;
    std::set<core::world_number> found;
    for (const world_entry& e : *list) found.insert(e.number);
    for (const core::world_number number : there_)
      if (!found.contains(number)) return "world " + std::to_string(number) + " is lost";
    for (const core::world_number number : gone_)
      if (found.contains(number)) return "world " + std::to_string(number) + " is back";
    return hold_history(**s);
  }

  std::string hold_history(store& s) {
    auto h = history::open(s, 1);
    if (!h) return h.why().message;
    const auto back = h->recover();
    if (!back) return back.why().message;
    const std::uint64_t seq = back->world->seq();
    if (seq < acknowledged_)
      return "it ends at " + std::to_string(seq) + ", and " + std::to_string(acknowledged_) +
             " was acknowledged";
    if (seq >= truth_.size()) return "it is longer than it was: " + std::to_string(seq);
    if (back->world->hash() != truth_[seq]) return "it is another one at " + std::to_string(seq);
    return {};
  }

  temp_folder around_{place_in_memory()};
  const fs::path folder_;
  std::vector<std::uint64_t> truth_;
  const std::uint64_t seed_;
  const durability mode_;
  std::uint64_t acknowledged_ = 0;
  std::set<core::world_number> there_, gone_;
};

}  // namespace

TEST_CASE("whichever call of the disk fails, what was acknowledged is there in the next process",
          "[.][nth_call]") {
  torture_run run(4);  // of each kind, the first calls
  CAPTURE(run.seed);
  temp_folder around(place_in_memory());
  const auto truth = make_killed(around.path() / "killed", run.seed);
  for (const kind_of_fault& kind : kinds) {
    for (std::uint64_t n = 1; n <= run.cycles; ++n, ++run.done) {
      process p(around.path() / "killed", truth, run.seed + n);
      const std::string wrong = p.run(kind, n);
      run.faults += p.has_failed;
      if (!wrong.empty())
        run.violate(run.seed,
                    std::string(kind.name) + ", call " + std::to_string(n) + ": " + wrong);
      if (!p.has_failed) break;  // there are no more calls of that kind
    }
  }
  run.judge();
}
