// Notes of plugins that ended the process: which function of which build was running when it
// crashed, called exit() or hung. Written at the last moment, read at the next start.
//
// The file has one line for each end, "<plugin id> <hash> <function> <how>", and is never trusted:
// what is no such line is skipped.
#pragma once

#include "core/problem.hpp"
#include "plugins/running.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::plugins {

struct crash {
  std::string id;        // of the plugin
  std::string hash;      // of its bytes
  std::string function;  // the name of the action or rule
  std::string how;       // "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT", "exit", "hang"

  friend bool operator==(const crash&, const crash&) = default;
};

/// The exit code of a process in which a plugin called exit(): an internal error, in the numbers of
/// sysexits.h.
inline constexpr int exit_by_plugin = 70;

/// From now on, a crash inside a plugin's function leaves a line in `file`, and then the process
/// ends as it would have: by the same signal, with what other handlers were installed before. So
/// does exit() called by a plugin; then the process ends at once, with exit_by_plugin. Once per
/// process; a later call changes the file. Whoever installs handlers of these signals afterwards
/// replaces these here. Returns the problem where the file can't be opened: then no notes are left.
std::optional<core::problem> leave_notes_of_crashes(const std::filesystem::path& file);

/// Leaves a line with "hang": for a watchdog, before it ends the process. Allocates nothing.
/// False where it could not be written.
bool note_hang(const std::filesystem::path& file, const long_call& call);

/// The notes in the file, oldest first; none where there is no file. Of a file of more than 1 MiB
/// its end is read only. [blocking]
std::vector<crash> read_crashes(const std::filesystem::path& file);

/// Removes the notes of one plugin. On a problem the file is as before. [blocking]
std::optional<core::problem> forget_crashes(const std::filesystem::path& file, std::string_view id);

}  // namespace unscripted::plugins
