// A line of the log for each act of those who run a server: who did what from where, and what came
// of it. Where no tokens are required nobody has a name, and nothing is said. What was done is
// always said; what was refused is bounded as other lines are, since anybody can ask.
#pragma once

#include "core/problem.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace unscripted::gateway {

struct audited_act {
  std::uint64_t principal = 0;  // the number of a token
  std::string address;
  std::string what;       // the method
  std::string target;     // a world, a plugin, a folder: as the client named it
  std::string made = {};  // what came of it, where that has a name
};

/// `why` is null where it was done.
void write_audit(const audited_act& act, const core::problem* why);

/// Those acts of one conversation that are not answered yet. [any thread]
class audit_trail {
public:
  /// Numbers it, from 1; 0: too many are on their way, and it is said at once without its outcome.
  std::uint32_t begin(audited_act act);
  /// What it turned out to be about: told beside what the client named.
  void note(std::uint32_t number, std::string what_came);
  void end(std::uint32_t number, const core::problem* why);

private:
  std::mutex mutex_;
  std::map<std::uint32_t, audited_act> open_;
  std::uint32_t last_ = 0;
};

}  // namespace unscripted::gateway
