#include "cli/latency.hpp"

#include <catch2/catch.hpp>

using namespace unscripted::cli;

TEST_CASE("a quantile is at most one thirty-second above the true value") {
  for (std::uint64_t ns = 1; ns < (1ULL << 40); ns = ns * 3 + 1) {
    latency_histogram h;
    h.add(ns);
    CAPTURE(ns);
    CHECK(h.quantile_ns(0.5) >= ns);
    CHECK(h.quantile_ns(0.5) <= ns + ns / 32);
  }
}

TEST_CASE("quantiles go by rank") {
  latency_histogram h;
  for (int i = 0; i < 990; ++i) h.add(10);
  for (int i = 0; i < 10; ++i) h.add(30);

  CHECK(h.count() == 1000);
  CHECK(h.quantile_ns(0.5) == 10);
  CHECK(h.quantile_ns(0.98) == 10);
  CHECK(h.quantile_ns(0.999) == 30);
  CHECK(h.quantile_ns(1) == 30);
}

TEST_CASE("nothing added, nothing found, and what is too long counts as the longest") {
  latency_histogram h;
  CHECK(h.quantile_ns(0.5) == 0);

  h.add(~0ULL);
  CHECK(h.quantile_ns(0.5) == (1ULL << 42) - 1);
}

TEST_CASE("histograms add up") {
  latency_histogram a, b;
  a.add(5);
  b.add(7);
  a.add(b);

  CHECK(a.count() == 2);
  CHECK(a.quantile_ns(0) == 5);
  CHECK(a.quantile_ns(1) == 7);
}
