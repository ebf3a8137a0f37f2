// A small folder, cut at hundreds of places and with flipped bits: it is refused with a clear line,
// or every world comes back with a state that it once had, and nothing that was acknowledged is
// missing without a word. The opening is done by a second process, since RocksDB may crash on what
// it did not expect.
#include "storage/doctor.hpp"
#include "tests/storage/busy_world.hpp"
#include "tests/storage/torture.hpp"
#include "tests/storage/wreck.hpp"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace fs = std::filesystem;

namespace {

constexpr const char* folder_variable = "UNSCRIPTED_TEST_FOLDER";
constexpr const char* seed_variable = "UNSCRIPTED_TEST_SEED";
constexpr const char* begin_variable = "UNSCRIPTED_TEST_BEGIN";
constexpr const char* plan_variable = "UNSCRIPTED_TEST_PLAN";
constexpr int report_file = 3;  // of the child: where it reports
constexpr std::size_t cuts = 500;
constexpr std::size_t tail_bytes = 4096;  // of the log: where a loss of power tears it

// -- what there was ------------------------------------------------------------------------------

/// The state hashes of one world, from its base on.
struct past {
  std::uint64_t base = 0;
  std::vector<std::uint64_t> hashes;

  std::uint64_t last() const { return base + hashes.size() - 1; }
};
using truth = std::map<core::world_number, past>;

void save(const truth& t, const fs::path& file) {
  std::ofstream out(file);
  for (const auto& [number, p] : t) {
    out << number << ' ' << p.base << ' ' << p.hashes.size();
    for (const std::uint64_t h : p.hashes) out << ' ' << h;
    out << '\n';
  }
}

truth load_truth(const fs::path& file) {
  truth t;
  std::ifstream in(file);
  core::world_number number = 0;
  std::size_t count = 0;
  for (past p; in >> number >> p.base >> count; t[number] = std::exchange(p, {})) {
    p.hashes.resize(count);
    for (std::uint64_t& h : p.hashes) in >> h;
  }
  return t;
}

busy_world fork_of(store& s, core::world_number number, std::uint64_t seq, std::uint64_t seed) {
  const auto state = must(history_reader(s, number).state_at(seq));
  busy_world w(s, must(s.fork_world(*state.world, number)), seed, catalogue_of({}));
  w.recover();
  return w;
}

void flush(store& s) {
  for (std::size_t f = 0; f < family_count; ++f) {
    auto* handle = s.internals().handle(static_cast<family>(f));
    REQUIRE(s.internals().db().Flush({}, handle).ok());
  }
}

/// A folder as a kill leaves it: a world and a fork of it partly in tables, partly in the log, and
/// another fork in the log only.
truth make_killed(const fs::path& killed, std::uint64_t seed) {
  temp_folder living;
  auto s = open_store(living.path());
  busy_world w(*s, new_world(*s, "one"), seed, catalogue_of({}));
  w.found("one");
  w.live(40, 6);
  w.snapshot();
  busy_world early = fork_of(*s, 1, 25, seed + 1);
  early.live(12, 5);
  flush(*s);
  w.live(24, 6);
  early.live(10, 5);
  busy_world late = fork_of(*s, 1, 50, seed + 2);
  late.live(12, 4);
  copy_as_killed(s->internals(), killed);
  return {{1, {0, w.hashes()}}, {2, {25, early.hashes()}}, {3, {50, late.hashes()}}};
}

// -- what is done to it --------------------------------------------------------------------------

enum class harm : std::uint8_t {
  cut,
  zeroed,
  garbled,
  flipped
};  // from there to the end, or a bit

struct damage {
  std::string file;
  std::size_t at = 0;
  harm how = harm::cut;
  int bit = 0;  // where one is flipped

  std::string words() const {
    constexpr const char* names[] = {" cut at ", " zeroed from ", " garbled from ", " flipped at "};
    return file + names[static_cast<std::size_t>(how)] + std::to_string(at) +
           (how == harm::flipped ? " bit " + std::to_string(bit) : "");
  }
};

/// Which damages: those of a whole folder, of the end of the log, or single bits; and how many.
struct wanted {
  std::string what;
  std::size_t count = 0;

  std::string words() const { return what + ' ' + std::to_string(count); }
  static wanted from(const std::string& words) {
    const auto space = words.find(' ');
    return {words.substr(0, space), std::stoull(words.substr(space))};
  }
};

bool holds_data(const std::string& file) {
  return file == "CURRENT" || file == watermark_file_name || file.starts_with("MANIFEST") ||
         file.ends_with(".sst") || file.ends_with(".log");
}

using sized_files = std::vector<std::pair<std::string, std::size_t>>;

std::vector<damage> plan_cuts(const sized_files& data, const sized_files& others,
                              core::keyed_random& random) {
  std::vector<damage> all;
  const auto cut_evenly = [&](const auto& files, std::size_t each) {
    for (const auto& [name, size] : files)
      for (std::size_t i = 0; i < std::min(each, size); ++i)
        all.push_back({name, size * i / std::min(each, size)});
  };
  cut_evenly(others, 3);
  cut_evenly(data, (cuts - all.size()) / data.size());
  while (all.size() < cuts) {
    const auto& [name, size] = data[random.below(data.size())];
    all.push_back({name, random.below(size)});
  }
  return all;
}

/// Cut, zeroed and garbled in turn, from everywhere in the last bytes of the newest log.
std::vector<damage> plan_tail(const sized_files& data, std::size_t count,
                              core::keyed_random& random) {
  std::pair<std::string, std::size_t> log;
  for (const auto& one : data)
    if (one.first.ends_with(".log")) log = one;  // they are sorted
  REQUIRE(log.second > 0);
  const std::size_t tail = std::min(tail_bytes, log.second);
  std::vector<damage> all;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t back = count >= 3 * tail ? i / 3 % tail : random.below(tail);
    all.push_back({log.first, log.second - tail + back, static_cast<harm>(i % 3)});
  }
  return all;
}

std::vector<damage> plan_flips(const sized_files& data, std::size_t count,
                               core::keyed_random& random) {
  std::vector<damage> all;
  while (all.size() < count) {
    const auto& [name, size] = data[random.below(data.size())];
    const int bit = static_cast<int>(random.below(8));
    all.push_back({name, random.below(size), harm::flipped, bit});
  }
  return all;
}

/// The same for the same folder and seed: the child makes it again.
std::vector<damage> plan(const fs::path& folder, std::uint64_t seed, const wanted& which) {
  sized_files data, others;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.file_size() == 0) continue;
    const std::string name = entry.path().filename().string();
    (holds_data(name) ? data : others).emplace_back(name, entry.file_size());
  }
  std::ranges::sort(data);
  std::ranges::sort(others);
  core::keyed_random random(seed, 0);
  if (which.what == "cuts") return plan_cuts(data, others, random);
  if (which.what == "tail") return plan_tail(data, which.count, random);
  return plan_flips(data, which.count, random);
}

void inflict(const damage& d, const fs::path& folder) {
  std::string bytes = bytes_of(folder / d.file);
  core::keyed_random random(d.at, bytes.size());
  switch (d.how) {
    case harm::cut: bytes.resize(d.at); break;
    case harm::zeroed: std::fill(bytes.begin() + std::ptrdiff_t(d.at), bytes.end(), '\0'); break;
    case harm::garbled:
      for (std::size_t i = d.at; i < bytes.size(); ++i) bytes[i] = static_cast<char>(random.next());
      break;
    case harm::flipped: bytes[d.at] = static_cast<char>(bytes[d.at] ^ (1 << d.bit)); break;
  }
  put_bytes(folder / d.file, bytes);
}

// -- what becomes of it --------------------------------------------------------------------------

/// What the child reports of each damage, and before it what it is about to do.
enum class news : std::uint64_t {
  refused = 1,
  world_refused,
  shorter,
  whole,
  wrong,
  reads,
  writes
};

struct judgement {
  news what = news::whole;
  std::string why;  // where it is wrong
};

judgement wrong(std::string why) { return {news::wrong, std::move(why)}; }

bool is_clear(const failure& why) {
  return why.message.size() > 20 && why.message.find('\n') == std::string::npos;
}

judgement judge_world(store& s, core::world_number number, const past& p) {
  const std::string name = "world " + std::to_string(number);
  const auto entry = s.find_world(number);
  if (!entry && entry.why().kind == failure_kind::not_found) return {news::shorter, {}};
  auto h = entry ? history_reader(s, number).recover() : result<recovered>(entry.why());
  if (!h)
    return is_clear(h.why()) ? judgement{news::world_refused, {}}
                             : wrong(name + ": " + h.why().message);
  const std::uint64_t seq = h->world->seq();
  if (seq == 0 && p.base > 0) return wrong(name + " is empty");
  if (seq > p.last()) return wrong(name + " is longer than it was");
  if (seq > 0 && seq < p.base) return wrong(name + " ends before it began");
  if (h->world->hash() != p.hashes[seq - p.base]) return wrong(name + " is another one");
  return {seq < p.last() ? news::shorter : news::whole, {}};
}

/// The worst of the worlds. What is shorter must have been warned of.
judgement judge_worlds(store& s, const truth& t) {
  const auto list = s.worlds();
  if (!list) return is_clear(list.why()) ? judgement{news::refused, {}} : wrong(list.why().message);
  for (const world_entry& e : *list)
    if (!t.contains(e.number)) return wrong("there is a world " + std::to_string(e.number));
  judgement sum;
  for (const auto& [number, p] : t) {
    auto one = judge_world(s, number, p);
    if (one.what == news::shorter && s.warnings().empty())
      return wrong("world " + std::to_string(number) + " is shorter, and nothing warns of it");
    if (one.what == news::wrong) return one;
    sum.what = std::min(sum.what, one.what);
  }
  return sum;
}

judgement judge_opened(const result<std::unique_ptr<store>>& s, const truth& t) {
  if (s) return judge_worlds(**s, t);
  return is_clear(s.why()) ? judgement{news::refused, {}} : wrong(s.why().message);
}

void report(news what) {
  const auto x = static_cast<std::uint64_t>(what);
  if (write(report_file, &x, sizeof x) != sizeof x) _exit(1);
}

judgement judge(const fs::path& folder, const truth& t) {
  report(news::reads);
  const auto all = examine(folder, {});
  if (!all) return wrong("the doctor gives up: " + all.why().message);
  auto as_read = judge_opened(store::open_to_read(folder), t);
  if (as_read.what == news::wrong) return wrong("read: " + as_read.why);
  report(news::writes);
  auto as_written = judge_opened(store::open(folder, durability::wal), t);
  const bool is_sound = all->overall() == verdict::sound;
  if (is_sound && (as_read.what != news::whole || as_written.what < news::whole))
    return wrong("the doctor calls it sound");
  return as_written;
}

// -- the second process --------------------------------------------------------------------------

/// Runs the hidden test below from one damage on.
class child_process {
public:
  child_process(const fs::path& folder, std::uint64_t seed, const wanted& which,
                std::size_t begin) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    pid_ = fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      setenv(folder_variable, folder.c_str(), 1);
      setenv(seed_variable, std::to_string(seed).c_str(), 1);
      setenv(begin_variable, std::to_string(begin).c_str(), 1);
      setenv(plan_variable, which.words().c_str(), 1);
      if (ends[1] != report_file) dup2(ends[1], report_file);
      execl("/proc/self/exe", "storage_tests", "child: opens one damaged copy after the other",
            "--reporter", "compact", "--out", "/dev/null", static_cast<char*>(nullptr));
      _exit(127);
    }
    close(ends[1]);
    reports_ = ends[0];
  }
  ~child_process() {
    close(reports_);
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    wait();
  }
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  std::optional<news> next() const {
    std::uint64_t x = 0;
    if (read(reports_, &x, sizeof x) != sizeof x) return std::nullopt;
    return static_cast<news>(x);
  }
  int wait() {
    int status = 0;
    waitpid(std::exchange(pid_, -1), &status, 0);
    return status;
  }

private:
  pid_t pid_ = -1;
  int reports_ = -1;
};

/// Has each damage done to a copy of a folder that a kill left, and judged by a second process.
void wreck(const wanted& which, torture_run& run) {
  temp_folder around;
  CAPTURE(run.seed);
  save(make_killed(around.path() / "data", run.seed), around.path() / "truth");
  const auto damages = plan(around.path() / "data", run.seed, which);
  std::map<news, std::size_t> counts;
  std::string crashes;
  while (run.done < damages.size()) {
    child_process child(around.path(), run.seed, which, run.done);
    news doing = news::reads;
    while (const auto n = child.next()) {
      if (*n == news::reads || *n == news::writes) {
        doing = *n;
        continue;
      }
      ++counts[*n];
      ++run.done;
    }
    const int status = child.wait();
    if (run.done == damages.size()) break;
    // To be ended by a signal is to have noticed; anything else is not.
    const std::string words = damages[run.done++].words();
    if (!WIFSIGNALED(status)) run.violate(run.seed, words + ": the process ended");
    crashes += words + (doing == news::reads ? ", reading\n" : ", writing\n");
  }
  fs::remove_all(place_in_memory() / ("unscripted-wreck-" + std::to_string(getpid())));

  run.faults = run.done;
  INFO("of " << damages.size() << " damaged folders " << counts[news::refused] << " were refused, "
             << counts[news::world_refused] << " with worlds refused, " << counts[news::shorter]
             << " shorter with a warning, " << counts[news::whole] << " whole");
  if (!crashes.empty()) WARN("RocksDB crashed on (seed " << run.seed << "):\n" << crashes);
  std::ifstream lines(around.path() / "wrong");
  for (std::string line; std::getline(lines, line);) run.violate(run.seed, line);
  CHECK(counts[news::wrong] == 0);
  run.judge();
}

}  // namespace

TEST_CASE("child: opens one damaged copy after the other", "[.child]") {
  const char* folder = std::getenv(folder_variable);
  const char* begin = std::getenv(begin_variable);
  const char* which = std::getenv(plan_variable);
  if (!folder || !begin || !which) return;
  const fs::path around = folder;
  const truth t = load_truth(around / "truth");
  const auto damages =
      plan(around / "data", std::stoull(std::getenv(seed_variable)), wanted::from(which));
  const fs::path copy = place_in_memory() / ("unscripted-wreck-" + std::to_string(getppid()));
  for (std::size_t i = std::stoull(begin); i < damages.size(); ++i) {
    fs::remove_all(copy);
    fs::copy(around / "data", copy);
    inflict(damages[i], copy);
    const judgement j = judge(copy, t);
    if (!j.why.empty())
      std::ofstream(around / "wrong", std::ios::app) << damages[i].words() << ": " << j.why << "\n";
    report(j.what);
  }
  fs::remove_all(copy);
}

TEST_CASE("a folder that is cut anywhere never comes back as something else", "[doctor]") {
  torture_run run(1);
  wreck({"cuts"}, run);
}

TEST_CASE("a log whose end is cut, zeroed or garbled loses nothing acknowledged without a word",
          "[.][torn_tail]") {
  torture_run run(60);
  wreck({"tail", run.cycles}, run);
}

TEST_CASE("a flipped bit anywhere is told or harmless", "[.][bit_flips]") {
  torture_run run(60);
  wreck({"flips", run.cycles}, run);
}
