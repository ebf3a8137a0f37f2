// What needs a second process: locks, and death by SIGKILL. The second process is this test program
// again, told by the environment what to be: a fork alone would not have RocksDB's threads.
#include "tests/storage/test_world.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace {

constexpr const char* folder_variable = "UNSCRIPTED_TEST_FOLDER";
constexpr const char* mode_variable = "UNSCRIPTED_TEST_DURABILITY";
constexpr int report_file = 3;  // of the child: where it reports

/// Runs one hidden test of this program. Killed, if it still runs, when this goes.
class child_process {
public:
  child_process(const char* test, const std::filesystem::path& folder, durability mode) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    pid_ = fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) become(test, folder, mode, ends[1]);
    close(ends[1]);
    reports_ = ends[0];
  }
  ~child_process() {
    if (pid_ > 0) kill_it();
    close(reports_);
  }
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  pid_t pid() const { return pid_; }

  /// The next report; nothing where the child ended.
  std::optional<std::uint64_t> next_report() const {
    std::uint64_t x = 0;
    const ssize_t size = read(reports_, &x, sizeof x);
    if (size != sizeof x) return std::nullopt;
    return x;
  }

  void kill_it() {
    kill(pid_, SIGKILL);
    wait();
  }
  int wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return status;
  }

private:
  [[noreturn]] static void become(const char* test, const std::filesystem::path& folder,
                                  durability mode, int report_to) {
    setenv(folder_variable, folder.c_str(), 1);
    setenv(mode_variable, std::string{to_string(mode)}.c_str(), 1);
    if (report_to != report_file) dup2(report_to, report_file);
    execl("/proc/self/exe", "storage_tests", test, "--reporter", "compact", "--out", "/dev/null",
          static_cast<char*>(nullptr));
    _exit(127);
  }

  pid_t pid_ = -1;
  int reports_ = -1;
};

void report(std::uint64_t x) {
  if (write(report_file, &x, sizeof x) != sizeof x) _exit(1);
}

/// Where this process is the child: the folder and the mode it was given.
struct orders {
  std::filesystem::path folder;
  durability mode;
};

std::optional<orders> given_orders() {
  const char* folder = std::getenv(folder_variable);
  const char* mode = std::getenv(mode_variable);
  if (!folder || !mode) return std::nullopt;
  return orders{folder, *parse_durability(mode)};
}

}  // namespace

TEST_CASE("child: holds the folder until it is killed", "[.child]") {
  const auto given = given_orders();
  if (!given) return;
  const auto s = store::open(given->folder, given->mode);
  report(s ? 1 : 0);
  pause();
}

TEST_CASE("child: appends and reports until it is killed", "[.child]") {
  const auto given = given_orders();
  if (!given) return;
  auto s = open_store(given->folder, given->mode);
  living_world w(*s, 1, must(history::open(*s, 1)).last_seq());
  w.recover();
  if (w.state().seq() == 0) w.found("one");
  for (std::uint64_t i = 1;; ++i) {
    w.live(1 + i % 7);
    report(w.state().seq());
    report(w.state().hash());
    if (w.past().last_seq() - w.past().snapshot_seq() > 100) w.snapshot();
  }
}

TEST_CASE("child: appends and reports until the disk refuses", "[.child]") {
  const auto given = given_orders();
  if (!given) return;
  auto s = open_store(given->folder, given->mode);
  living_world w(*s, 1, 1);
  w.found("one");
  signal(SIGXFSZ, SIG_IGN);
  const rlimit smallest{100'000, 100'000};  // bytes of any file
  REQUIRE(setrlimit(RLIMIT_FSIZE, &smallest) == 0);
  try {
    while (true) {
      w.live(5);
      report(w.state().seq());
    }
  } catch (...) {
    report(0);
  }
  report(s->broken());
  const auto refused = s->create_world("two", 0);
  report(!refused && refused.why().kind == failure_kind::broken);
}

TEST_CASE("child: tries to open a folder that is not its own", "[.child]") {
  const auto given = given_orders();
  if (!given) return;
  if (geteuid() == 0 && setuid(65534) != 0) _exit(1);
  const auto s = store::open(given->folder, given->mode);
  report(s ? 0 : static_cast<std::uint64_t>(s.why().kind) + 1);
  report(!s && s.why().message.find("is not writable") != std::string::npos);
}

TEST_CASE("a folder that another process has open is refused with that process's number") {
  temp_folder folder;
  child_process other("child: holds the folder until it is killed", folder.path(), durability::wal);
  REQUIRE(other.next_report() == 1u);

  const auto s = store::open(folder.path(), durability::wal);

  REQUIRE_FALSE(s);
  CHECK(s.why().kind == failure_kind::in_use);
  CHECK(s.why().message == "data folder '" + folder.path().string() + "' is in use by process " +
                               std::to_string(other.pid()) +
                               ": stop it, or choose another folder with --data");
  other.kill_it();
  CHECK(store::open(folder.path(), durability::wal));
}

TEST_CASE("a folder that may not be written is refused") {
  temp_folder folder;
  std::filesystem::permissions(
      folder.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec |
                         std::filesystem::perms::others_read | std::filesystem::perms::others_exec);
  child_process other("child: tries to open a folder that is not its own", folder.path(),
                      durability::wal);

  CHECK(other.next_report() == static_cast<std::uint64_t>(failure_kind::unusable_folder) + 1);
  CHECK(other.next_report() == 1u);
}

TEST_CASE("every acknowledged record survives kill -9") {
  const auto mode = GENERATE(durability::wal, durability::fsync);
  temp_folder folder;
  {
    auto s = open_store(folder.path(), mode);
    new_world(*s, "one");
  }

  for (int life = 1; life <= 4; ++life) {
    CAPTURE(life, to_string(mode));
    std::uint64_t acknowledged = 0, hash = 0;
    {
      child_process doomed("child: appends and reports until it is killed", folder.path(), mode);
      for (int i = 0; i < 60 * life; ++i) {
        const auto seq = doomed.next_report(), state = doomed.next_report();
        REQUIRE(seq);
        REQUIRE(state);
        acknowledged = *seq;
        hash = *state;
      }
      doomed.kill_it();
      while (const auto seq = doomed.next_report()) {
        acknowledged = *seq;
        hash = doomed.next_report().value_or(0);
      }
    }

    auto s = open_store(folder.path(), mode);
    auto h = must(history::open(*s, 1));
    const auto back = must(h.recover());
    CHECK(back.world->seq() >= acknowledged);
    CHECK(back.passed_over.empty());
    if (hash != 0) CHECK(must(history_reader(*s, 1).state_at(acknowledged)).world->hash() == hash);
  }
}

TEST_CASE("after a failed write nothing more is acknowledged, and a restart has all that was") {
  temp_folder folder;
  {
    auto s = open_store(folder.path());
    new_world(*s, "one");
  }
  std::uint64_t acknowledged = 0;
  {
    child_process unlucky("child: appends and reports until the disk refuses", folder.path(),
                          durability::wal);
    for (auto seq = unlucky.next_report(); seq && *seq != 0; seq = unlucky.next_report())
      acknowledged = *seq;
    CHECK(unlucky.next_report() == 1u);
    CHECK(unlucky.next_report() == 1u);
    unlucky.wait();
  }
  REQUIRE(acknowledged > 100);

  auto s = open_store(folder.path());
  auto h = must(history::open(*s, 1));
  CHECK(must(h.recover()).world->seq() >= acknowledged);
  CHECK(must(s->create_world("two", 0)) == 2);
}
