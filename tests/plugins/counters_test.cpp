#include "plugins/counters.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <thread>
#include <vector>

using namespace unscripted;

TEST_CASE("the 99th percentile is that of the times, within 7 percent") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 chance{seed};
  for (int round = 0; round < 50; ++round) {
    const auto c = std::make_unique<plugins::counters>();
    std::vector<std::uint64_t> times;
    const std::uint64_t scale = 1 + chance() % 34;
    for (std::uint64_t i = 0, count = 1 + chance() % 2'000; i < count; ++i)
      times.push_back(chance() % (std::uint64_t{2} << scale));
    for (const std::uint64_t ns : times) c->timed(ns);

    std::sort(times.begin(), times.end());
    const auto p99 = static_cast<double>(times[times.size() - 1 - times.size() / 100]);
    CHECK(std::abs(static_cast<double>(c->sum().p99_ns) - p99) <= 0.07 * p99);
  }
}

TEST_CASE("without timed calls there are no times") {
  const plugins::counters none;

  CHECK(none.sum().mean_ns == 0);
  CHECK(none.sum().p99_ns == 0);
}

TEST_CASE("a time beyond all bounds is counted as the longest that is told apart") {
  plugins::counters c;
  c.timed(UINT64_MAX / 2);

  CHECK(c.sum().p99_ns > 500'000'000'000);
}

TEST_CASE("one call in 64 is timed, the first among them") {
  plugins::counters c;
  int timed = 0;
  for (int i = 0; i < 640; ++i) timed += c.begin();

  CHECK(timed == 10);
  CHECK(c.sum().calls == 640);
}

TEST_CASE("no call is lost among more threads than have places of their own") {
  constexpr std::uint64_t calls = 20'000;
  constexpr std::size_t thread_count = 24;
  plugins::counters c;
  std::vector<std::thread> threads;
  threads.reserve(thread_count);
  for (std::size_t i = 0; i < thread_count; ++i)
    threads.emplace_back([&] {
      for (std::uint64_t k = 0; k < calls; ++k) {
        c.begin();
        c.refused();
      }
    });
  for (std::thread& t : threads) t.join();

  CHECK(c.sum().calls == thread_count * calls);
  CHECK(c.sum().refusals == thread_count * calls);
}
