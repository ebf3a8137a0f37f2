#include "plugins/running.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <thread>

using namespace unscripted;
using plugins::mark;
using namespace std::chrono_literals;

namespace {

const plugins::function_name* name_of(const std::string& function) {
  return plugins::keep_for_ever({"org.test.running", "1.0.0", "abc", function});
}

}  // namespace

TEST_CASE("a call that runs at two looks is long, by the time between them") {
  plugins::call_watch watch;
  const plugins::call_watch::clock::time_point start{};

  mark::mine().enter(name_of("dream"));
  CHECK(watch.look(start).empty());
  const auto found = watch.look(start + 1500ms);
  const auto again = watch.look(start + 4s);
  mark::mine().leave();

  REQUIRE(found.size() == 1);
  CHECK(found[0].plugin == "org.test.running");
  CHECK(found[0].function == "dream");
  CHECK(found[0].hash == "abc");
  CHECK(found[0].time == 1500ms);
  REQUIRE(again.size() == 1);
  CHECK(again[0].time == 4s);
  CHECK(again[0].call == found[0].call);
  CHECK(watch.look(start + 5s).empty());
}

TEST_CASE("many short calls of one function are not taken for a long one") {
  plugins::call_watch watch;
  const auto now = plugins::call_watch::clock::now();

  for (int i = 0; i < 100; ++i) {
    mark::mine().enter(name_of("blink"));
    CHECK(watch.look(now + i * 1s).empty());
    mark::mine().leave();
  }
}

TEST_CASE("calls of threads have numbers of their own") {
  plugins::call_watch watch;
  std::vector<plugins::long_call> found;
  mark::mine().enter(name_of("one"));
  std::thread([&] {
    mark::mine().enter(name_of("two"));
    watch.look({});
    found = watch.look({});
    mark::mine().leave();
  }).join();
  mark::mine().leave();

  REQUIRE(found.size() == 2);
  CHECK(found[0].call != found[1].call);
}

TEST_CASE("places of threads that ended are used again") {
  std::set<const mark*> places;
  for (int i = 0; i < 100; ++i) std::thread([&] { places.insert(&mark::mine()); }).join();

  CHECK(places.size() == 1);
}

TEST_CASE("a thread knows what it runs, and others don't run it") {
  CHECK(mark::running_here() == nullptr);
  mark::mine().enter(name_of("think"));
  CHECK(mark::running_here() == name_of("think"));
  std::thread([] { CHECK(mark::running_here() == nullptr); }).join();
  mark::mine().leave();
  CHECK(mark::running_here() == nullptr);
}

TEST_CASE("looking while threads call is safe, and finds only what runs") {
  plugins::call_watch watch;
  std::atomic<bool> enough{false};
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i)
    callers.emplace_back([&, name = name_of("busy_" + std::to_string(i))] {
      while (!enough) {
        mark::mine().enter(name);
        mark::mine().leave();
      }
    });
  for (int i = 0; i < 2'000; ++i)
    for (const auto& call : watch.look(plugins::call_watch::clock::now()))
      if (!call.function.starts_with("busy_")) FAIL("nobody calls " << call.function);
  enough = true;
  for (std::thread& caller : callers) caller.join();

  CHECK(watch.look(plugins::call_watch::clock::now()).empty());
}
