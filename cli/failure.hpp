// How a verb fails, and what the shell sees of it: each failure is thrown where it is found and
// becomes an exit code once, on its way out.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace unscripted::cli {

inline constexpr int exit_ok = 0;
inline constexpr int exit_refused =
    1;  // the server said no or could not start; what was compared differs
inline constexpr int exit_usage = 2;           // the command line, environment or file is wrong
inline constexpr int exit_cannot_connect = 3;  // no server there, or it went away

/// The error of an answer, as the protocol has it.
struct refusal {
  int code = 0;
  std::string reason;   // the stable word, data.reason
  std::string message;  // for a person
  std::string data;     // JSON object, or empty
};

/// The server's no.
class refused : public std::runtime_error {
public:
  explicit refused(refusal why) : std::runtime_error(why.message), why_(std::move(why)) {}
  const refusal& why() const { return why_; }

private:
  refusal why_;
};

/// A server of our own that could not start, or a run that could not be done.
class failed : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class wrong_usage : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class cannot_connect : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What the shell is told of it; of what is not named above, that it was refused.
int exit_code_of(const std::exception& error);

}  // namespace unscripted::cli
