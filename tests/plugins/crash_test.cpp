// Plugins that end the process: each in a process of its own, whose note is read afterwards.
#include "plugins/crash_note.hpp"
#include "tests/plugins/scratch.hpp"
#include "tests/plugins/small_world.hpp"

#include <csignal>
#include <fcntl.h>
#include <functional>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace unscripted;
using namespace unscripted::tests;
using plugins::crash;

namespace fs = std::filesystem;

namespace {

constexpr int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr const char* hash_a = "0123456789abcdef0123456789abcdef";

/// How a child process ended: minus the signal, or the exit code.
int in_a_child(const std::function<void()>& work) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::alarm(120);
    for (const int number : deadly) std::signal(number, SIG_DFL);  // without those of Catch
    ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
    work();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/// A world with a bot that can crash, and a file for notes.
struct dangerous_place {
  plugins::assembly all = shipped_and({"crashing"});
  small_world world{all.catalogue};
  core::serial bot = world.create("bot", 5, 5);
  scratch files;
  fs::path notes = files.path() / "crashes";

  std::string hash() const {
    for (const auto& p : all.plugins)
      if (p->identity.id == "org.wrong.crashing") return p->identity.hash;
    return {};
  }
  int act(const std::string& action) {
    return in_a_child([&] {
      if (plugins::leave_notes_of_crashes(notes)) ::_exit(99);
      world.act(bot, action);
    });
  }
  std::vector<crash> one(const std::string& function, const std::string& how) const {
    return {{"org.wrong.crashing", hash(), function, how}};
  }
};

}  // namespace

TEST_CASE("a crash inside a plugin leaves its name, and the process ends by the same signal") {
  const std::vector<std::tuple<const char*, int, const char*>> ends{
      {"follow", SIGSEGV, "SIGSEGV"}, {"despair", SIGABRT, "SIGABRT"},
      {"burst", SIGABRT, "SIGABRT"},
#ifdef __x86_64__
      {"trap", SIGILL, "SIGILL"},
#endif
      {"divide", SIGFPE, "SIGFPE"},   {"misalign", SIGBUS, "SIGBUS"}};
  for (const auto& [action, number, name] : ends) {
    INFO(action);
    dangerous_place here;

    CHECK(here.act(action) == -number);

    CHECK(plugins::read_crashes(here.notes) == here.one(action, name));
  }
}

TEST_CASE("a stack overflow in any thread is noted") {
  dangerous_place here;

  const int end = in_a_child([&] {
    if (plugins::leave_notes_of_crashes(here.notes)) ::_exit(99);
    std::thread([&] { here.world.act(here.bot, "dig"); }).join();
  });

  CHECK(end == -SIGSEGV);
  CHECK(plugins::read_crashes(here.notes) == here.one("dig", "SIGSEGV"));
}

TEST_CASE("a plugin that calls exit is noted, and the process ends as broken") {
  dangerous_place here;

  CHECK(here.act("leave") == plugins::exit_by_plugin);

  CHECK(plugins::read_crashes(here.notes) == here.one("leave", "exit"));
}

TEST_CASE("a plugin that calls exit in another thread is noted") {
  dangerous_place here;

  const int end = in_a_child([&] {
    if (plugins::leave_notes_of_crashes(here.notes)) ::_exit(99);
    std::thread([&] { here.world.act(here.bot, "leave"); }).join();
  });

  CHECK(end == plugins::exit_by_plugin);
  CHECK(plugins::read_crashes(here.notes) == here.one("leave", "exit"));
}

TEST_CASE("a crash outside of plugins leaves no note") {
  dangerous_place here;

  const int end = in_a_child([&] {
    if (plugins::leave_notes_of_crashes(here.notes)) ::_exit(99);
    here.world.act(here.bot, "walk");
    std::abort();
  });

  CHECK(end == -SIGABRT);
  CHECK(fs::exists(here.notes));
  CHECK(plugins::read_crashes(here.notes).empty());
}

TEST_CASE("a handler that was there before still has its turn") {
  dangerous_place here;

  const int end = in_a_child([&] {
    std::signal(SIGSEGV, [](int) { ::_exit(5); });
    if (plugins::leave_notes_of_crashes(here.notes)) ::_exit(99);
    here.world.act(here.bot, "follow");
  });

  CHECK(end == 5);
  CHECK(plugins::read_crashes(here.notes) == here.one("follow", "SIGSEGV"));
}

TEST_CASE("a call that hangs is found by looking twice, and noted") {
  dangerous_place here;

  const int end = in_a_child([&] {
    std::thread([&] { here.world.act(here.bot, "hang"); }).detach();
    plugins::call_watch watch;
    for (;;) {
      for (const auto& call : watch.look(std::chrono::steady_clock::now()))
        if (call.function == "hang" && plugins::note_hang(here.notes, call)) ::_exit(9);
      std::this_thread::yield();
    }
  });

  CHECK(end == 9);
  CHECK(plugins::read_crashes(here.notes) == here.one("hang", "hang"));
}

TEST_CASE("notes that were forgotten make room for new ones in the same process") {
  dangerous_place here;
  const std::string old = std::string("org.old.one ") + hash_a + " fly SIGSEGV\n";
  here.files.write("crashes", old);

  const int end = in_a_child([&] {
    if (plugins::leave_notes_of_crashes(here.notes)) ::_exit(99);
    if (plugins::forget_crashes(here.notes, "org.old.one")) ::_exit(98);
    here.world.act(here.bot, "despair");
  });

  CHECK(end == -SIGABRT);
  CHECK(plugins::read_crashes(here.notes) == here.one("despair", "SIGABRT"));
}

TEST_CASE("forgetting the notes of one plugin keeps those of the others") {
  const scratch files;
  const std::string rest = std::string(" ") + hash_a + " fly hang\n";
  const fs::path notes =
      files.write("crashes", "org.a.b" + rest + "org.c.d" + rest + "nonsense\n" + "org.a.b" + rest);

  CHECK(!plugins::forget_crashes(notes, "org.a.b"));

  CHECK(plugins::read_crashes(notes) == std::vector<crash>{{"org.c.d", hash_a, "fly", "hang"}});
  CHECK(std::distance(fs::directory_iterator(files.path()), fs::directory_iterator()) == 1);
  CHECK(!plugins::forget_crashes(files.path() / "none", "org.a.b"));
}

TEST_CASE("lines that are no notes are skipped, whatever bytes they have") {
  const scratch files;
  const std::string hash = hash_a;
  std::string bytes = "org.a.b " + hash + " fly SIGSEGV\n";
  bytes += "org.a.b " + hash + " fly SIGKILL\n" + "org.a.b " + hash + " fly\n";
  bytes += "org.a.b " + hash + " fly SIGSEGV more\n" + "../etc " + hash + " fly SIGSEGV\n";
  bytes += "org.a.b 0123 fly exit\n" + std::string("\0\0\n\n   \n\xff\n", 10);
  bytes += "org.a.b  " + hash + " fly exit\n" + std::string(100'000, 'x') + "\n";
  bytes += "org.c.d " + hash + " run exit\n" + "org.a.b " + hash + " fl";

  CHECK(plugins::read_crashes(files.write("crashes", bytes)) ==
        std::vector<crash>{{"org.a.b", hash, "fly", "SIGSEGV"}, {"org.c.d", hash, "run", "exit"}});
}

TEST_CASE("of a huge file of notes only the end is read") {
  const scratch files;
  const std::string line = std::string("org.a.b ") + hash_a + " fly hang\n";
  std::string bytes;
  while (bytes.size() < (3u << 20)) bytes += line;

  const auto found = plugins::read_crashes(files.write("crashes", bytes));

  CHECK(found.size() == ((1u << 20) - 1) / line.size());
  CHECK(plugins::read_crashes(files.path() / "none").empty());
}

TEST_CASE("a file for notes that can't be opened is a problem, in one line") {
  const scratch files;

  const auto why = plugins::leave_notes_of_crashes(files.path() / "no" / "folder");

  REQUIRE(why);
  CHECK(why->message == "notes of crashes in `" + (files.path() / "no" / "folder").string() +
                            "`: can't be opened: No such file or directory; check the folder's "
                            "permissions and room");
  CHECK(plugins::leave_notes_of_crashes(files.path()));
}
