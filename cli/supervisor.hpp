// Starts the server as a process of its own, and starts it anew where it crashes.
#pragma once

#include <chrono>

namespace unscripted::cli {

/// Set in the environment of a server that is looked after.
inline constexpr const char* supervised_variable = "UNSCRIPTED_SUPERVISED";

/// A crash that a plugin's call is to blame for is found out after so long without an answer.
inline constexpr std::chrono::seconds hang_limit{30};

/// Whether this process is looked after.
bool is_supervised();

/// Runs this program with the same arguments again, as a child, until it ends by itself: a stop, or
/// a start that failed. Where it crashed, hung or could not write, it is started anew: at once, or
/// after a second where it lived for less; after ten such ends within a minute no more. SIGTERM,
/// SIGINT and SIGHUP are handed on. The child ends with this process. The exit code of the child.
/// Before any thread is started. [blocking]
int supervise();

}  // namespace unscripted::cli
