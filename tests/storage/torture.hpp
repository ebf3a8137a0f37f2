// How often a scenario is run, and where its result goes: `tests/torture` says so by the
// environment. Header only.
#pragma once

#include "tests/storage/test_world.hpp"

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace unscripted::storage::testing {

/// One scenario's run: each cycle has a seed of its own, the next one for each cycle.
class torture_run {
public:
  explicit torture_run(std::uint64_t cycles_otherwise)
    : cycles(number("UNSCRIPTED_TORTURE_CYCLES", cycles_otherwise)),
      seed(number("UNSCRIPTED_TORTURE_SEED", 1)) {}
  ~torture_run() {
    const char* file = std::getenv("UNSCRIPTED_TORTURE_REPORT");
    if (!file) return;
    std::ofstream out(file, std::ios::app);
    out << "cycles " << done << "\nfaults " << faults << '\n';
    for (const std::string& v : violations) out << "violation " << v << '\n';
  }
  torture_run(const torture_run&) = delete;
  torture_run& operator=(const torture_run&) = delete;

  void violate(std::uint64_t cycle_seed, const std::string& what) {
    violations.push_back("seed " + std::to_string(cycle_seed) + ": " + what);
  }
  /// Fails the test where there were violations, and names them.
  void judge() const {
    for (const std::string& v : violations) UNSCOPED_INFO(v);
    CHECK(violations.empty());
  }

  const std::uint64_t cycles, seed;
  std::uint64_t done = 0, faults = 0;
  std::vector<std::string> violations;

private:
  static std::uint64_t number(const char* variable, std::uint64_t otherwise) {
    const char* given = std::getenv(variable);
    return given ? std::stoull(given) : otherwise;
  }
};

}  // namespace unscripted::storage::testing
