// A server's own folder of plugins, inside its data folder: what was loaded while it ran, so that
// it is there after a restart as well.
//
//   <data>/plugins/ID.so              loaded live, and again at each start: one build of each id
//   <data>/plugins/incoming/NAME.so   put there to be loaded or tried; gone once it was looked at
//   <data>/plugins/set-aside          who may not act: one line each, "id hash why"
//   <data>/plugins/crashes            who ended the process (plugins/crash_note.hpp)
//   <data>/plugins/builds/            what decided so far (gateway/plugin_builds.hpp)
//
// Used by one thread at a time. [blocking]
#pragma once

#include "core/problem.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace unscripted::gateway {

/// A plugin that brings its kinds, but neither actions nor rules.
struct aside_note {
  std::string id;
  std::string hash;  // of the build that it holds for; "*": of any
  std::string why;   // one line

  bool holds_for(const std::string& plugin_id, const std::string& plugin_hash) const {
    return id == plugin_id && (hash == "*" || hash == plugin_hash);
  }
};

class plugin_folder {
public:
  /// Makes the folders where they are not there yet. Errors: conflict, with what stood in the way.
  static core::result<plugin_folder> make(const std::filesystem::path& data);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path incoming() const { return path_ / "incoming"; }
  std::filesystem::path crashes() const { return path_ / "crashes"; }
  static std::filesystem::path builds(const std::filesystem::path& data) {
    return data / "plugins" / "builds";
  }

  /// Where the build of a plugin is that is loaded at each start.
  std::filesystem::path kept(const std::string& id) const { return path_ / (id + ".so"); }
  /// Puts a copy of `build` there, in the place of another build of that plugin.
  std::optional<core::problem> keep(const std::string& id,
                                    const std::filesystem::path& build) const;
  /// Nothing of that plugin is loaded from here at the next start.
  std::optional<core::problem> forget(const std::string& id) const;
  /// What was left in incoming() by a process that ended.
  void clear_incoming() const;

  /// Wrong lines are passed over.
  std::vector<aside_note> read_set_aside() const;
  std::optional<core::problem> write_set_aside(const std::vector<aside_note>& notes) const;

private:
  explicit plugin_folder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

}  // namespace unscripted::gateway
