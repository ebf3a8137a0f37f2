// One call of the disk fails, any one, in any way: the store refuses from then on or goes on, and
// the next process has everything that was acknowledged.
#include "storage/engine.hpp"
#include "tests/storage/faulty_disk.hpp"
#include "tests/storage/torture.hpp"
#include "tests/storage/wreck.hpp"

#include <csignal>
#include <cstdlib>
#include <set>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace fs = std::filesystem;

namespace {

constexpr const char* orders_variable = "UNSCRIPTED_TEST_ORDERS";

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

// -- the process whose disk fails ----------------------------------------------------------------

/// What it knows was acknowledged, line by line in a file: RocksDB may end it at any moment.
class witness {
public:
  explicit witness(const fs::path& file) : out_(file, std::ios::app) {}

  void say(const char* word, std::uint64_t x = 0, std::uint64_t y = 0) {
    out_ << word << ' ' << x << ' ' << y << std::endl;
  }

private:
  std::ofstream out_;
};

/// Everything that a server does with a store. What fails is not acknowledged.
class worker {
public:
  worker(store& s, fs::path copy_to, std::uint64_t seed, witness& log)
    : store_(s), copy_to_(std::move(copy_to)), seed_(seed), log_(log) {}

  void work() {
    auto opened = history::open(store_, 1);
    if (!opened) return;
    living_world w(std::move(*opened), seed_);
    w.tolerate_failures();
    w.recover();
    if (w.trouble()) return;  // the world stays closed
    live(w);
    static_cast<void>(w.past().snapshot(w.state()));
    make_and_fork(w);
    if (!store_.broken()) flush();
    live(w);
    static_cast<void>(store_.prune(1, w.past().last_seq() / 2));
    static_cast<void>(store_.checkpoint(copy_to_));
    static_cast<void>(history_reader(store_, 1).stats());
    static_cast<void>(store_.sync());
    end_one();
    live(w);
  }

private:
  void live(living_world& w) {
    const std::size_t known = w.hashes().size();
    const std::uint64_t base = w.state().seq() + 1 - known;
    w.live(20, 5);
    for (std::size_t i = known; i < w.hashes().size(); ++i)
      log_.say("hash", base + i, w.hashes()[i]);
    log_.say("acknowledged", w.past().last_seq());
  }

  void make_and_fork(living_world& w) {
    if (const auto made = store_.create_world("two", 1)) note(*made);
    const auto state = history_reader(store_, 1).state_at(w.past().last_seq());
    if (!state) return;
    if (const auto made = store_.fork_world(*state->world, 1)) note(*made);
  }

  void note(core::world_number made) {
    made_.push_back(made);
    log_.say("there", made);
  }

  void end_one() {
    if (made_.empty()) return;
    log_.say("undecided", made_.front());
    if (store_.delete_world(made_.front())) return;
    log_.say("gone", made_.front());
    static_cast<void>(store_.wait_for_reclaim());
  }

  void flush() {
    engine& e = store_.internals();
    for (std::size_t f = 0; f < family_count; ++f)
      static_cast<void>(e.db().Flush({}, e.handle(static_cast<family>(f))));
  }

  store& store_;
  const fs::path copy_to_;
  const std::uint64_t seed_;
  witness& log_;
  std::vector<core::world_number> made_;
};

durability mode_of(std::uint64_t seed) { return seed % 2 ? durability::fsync : durability::wal; }

/// The life of that process. `around` has its data folder, and gets what it was told.
void live_on_bad_disk(const fs::path& around, const kind_of_fault& kind, std::uint64_t n,
                      std::uint64_t seed) {
  witness log(around / "told");
  const fs::path folder = around / "data";
  auto disk = std::make_shared<faulty_disk>(folder);
  const auto env = rocksdb::NewCompositeEnv(disk);
  disk->fail(kind.what, n, kind.how);
  {
    auto s = store::open(folder, mode_of(seed), {.env = env.get()});
    if (!s && !disk->has_failed()) log.say("closed");
    if (s) worker(**s, around / "copy", seed, log).work();
  }
  // A page whose sync failed may never reach the disk, whatever later syncs say.
  if (disk->has_failed() && kind.what == io::sync && mode_of(seed) == durability::fsync) {
    std::mt19937_64 chance(seed);
    disk->lose(faulty_disk::loss::all, chance);
  }
  log.say(disk->has_failed() ? "failed" : "unharmed");
}

/// Runs it as a process of its own; its status.
int run_child(const fs::path& around, std::size_t kind, std::uint64_t n, std::uint64_t seed) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    setenv(orders_variable,
           (around.string() + ' ' + std::to_string(kind) + ' ' + std::to_string(n) + ' ' +
            std::to_string(seed))
               .c_str(),
           1);
    execl("/proc/self/exe", "storage_tests", "child: works on a disk of which one call fails",
          "--reporter", "compact", "--out", "/dev/null", static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

// -- the next process ----------------------------------------------------------------------------

/// What the first one was told.
struct told {
  std::uint64_t acknowledged = 0;
  std::vector<std::uint64_t> truth;  // the state hash after each sequence
  std::set<core::world_number> there, gone;
  bool was_closed = false, is_unharmed = false;

  void read(const fs::path& file) {
    std::ifstream in(file);
    std::string word;
    for (std::uint64_t x = 0, y = 0; in >> word >> x >> y;) {
      if (word == "acknowledged") acknowledged = std::max(acknowledged, x);
      if (word == "hash") truth.resize(std::max<std::size_t>(truth.size(), x + 1)), truth[x] = y;
      if (word == "there") there.insert(static_cast<core::world_number>(x));
      if (word == "undecided") there.erase(static_cast<core::world_number>(x));
      if (word == "gone") gone.insert(static_cast<core::world_number>(x));
      was_closed = was_closed || word == "closed";
      is_unharmed = is_unharmed || word == "unharmed";
    }
  }
};

std::string hold_history(store& s, const told& t) {
  auto h = history::open(s, 1);
  if (!h) return h.why().message;
  const auto back = h->recover();
  if (!back) return back.why().message;
  const std::uint64_t seq = back->world->seq();
  if (seq < t.acknowledged)
    return "it ends at " + std::to_string(seq) + ", and " + std::to_string(t.acknowledged) +
           " was acknowledged";
  // The last action may have been decided, not told, and be there all the same.
  if (seq < t.truth.size() && back->world->hash() != t.truth[seq])
    return "it is another one at " + std::to_string(seq);
  return {};
}

/// What is wrong, or nothing.
std::string hold(const fs::path& folder, durability mode, const told& t) {
  auto s = store::open(folder, mode);
  if (!s) return "the next process: " + s.why().message;
  const auto list = (*s)->worlds();
  if (!list) return list.why().message;
  std::set<core::world_number> found;
  for (const world_entry& e : *list) found.insert(e.number);
  for (const core::world_number number : t.there)
    if (!found.contains(number)) return "world " + std::to_string(number) + " is lost";
  for (const core::world_number number : t.gone)
    if (found.contains(number)) return "world " + std::to_string(number) + " is back";
  return hold_history(**s, t);
}

}  // namespace

TEST_CASE("child: works on a disk of which one call fails", "[.child]") {
  const char* given = std::getenv(orders_variable);
  if (!given) return;
  std::istringstream orders(given);
  std::string around;
  std::size_t kind = 0;
  std::uint64_t n = 0, seed = 0;
  REQUIRE(orders >> around >> kind >> n >> seed);
  live_on_bad_disk(around, kinds[kind], n, seed);
}

TEST_CASE("whichever call of the disk fails, what was acknowledged is there in the next process",
          "[.][nth_call]") {
  torture_run run(4);  // of each kind, the first calls
  CAPTURE(run.seed);
  temp_folder killed(place_in_memory());
  const auto truth = make_killed(killed.path() / "data", run.seed);
  std::size_t aborts = 0;
  for (std::size_t kind = 0; kind < std::size(kinds); ++kind) {
    for (std::uint64_t n = 1; n <= run.cycles; ++n, ++run.done) {
      const std::uint64_t seed = run.seed + n;
      temp_folder around(place_in_memory());
      fs::copy(killed.path() / "data", around.path() / "data");
      const int status = run_child(around.path(), kind, n, seed);
      told t;
      t.acknowledged = truth.size() - 1;
      t.truth = truth;
      t.read(around.path() / "told");
      if (t.is_unharmed) break;  // there are no more calls of that kind
      ++run.faults;
      const bool aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
      aborts += aborted;  // some assertions of RocksDB take an error for a mistake of its own
      std::string wrong = hold(around.path() / "data", mode_of(seed), t);
      if (status != 0 && !aborted) wrong = "it ended with status " + std::to_string(status);
      if (t.was_closed) wrong = "it did not open, and no call had failed";
      if (!wrong.empty())
        run.violate(run.seed, kinds[kind].name + (", call " + std::to_string(n)) + ": " + wrong);
    }
  }
  if (aborts > 0) WARN("RocksDB aborted " << aborts << " of " << run.faults << " processes");
  run.judge();
}
