// The builds of plugins that decided something here, by the hashes under which histories name
// them: so that what an older build decided can be decided again, by that build.
//
//   <data>/plugins/builds/HASH.so    a copy of each build that was loaded over this folder
//
// A file whose bytes are others than its name says is passed over. [any thread] [blocking]
#pragma once

#include "plugins/loader.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace unscripted::gateway {

class plugin_builds {
public:
  /// Without a folder, what this process loaded is known, and no more. A folder that is not there
  /// is none.
  explicit plugin_builds(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Remembers it, and copies it to the folder where it is not there yet and `copies`. Returns why
  /// it could not be copied; it is an error as well where the file is another one by now. Beyond
  /// builds_max files the oldest go.
  std::optional<core::problem> keep(const plugins::loaded_ptr& build, bool copies);

  /// The catalogue of the builds that `past` names, with behaviours and counters of its own: none
  /// besides, and those that had neither actions nor rules there have none. Null where one of them
  /// is not at hand, or where they do not describe themselves as they do there.
  core::catalogue_ptr assemble(const core::catalogue& past);
  /// The same, but with `others` among them, in the place of those with their ids. Builds that are
  /// not at hand are left out.
  core::catalogue_ptr assemble(const core::catalogue& past,
                               const std::vector<plugins::loaded_ptr>& others);

  /// Where the copy of a build is.
  std::filesystem::path file_of(const core::plugin& build) const {
    return folder_ / (build.hash + ".so");
  }

  static constexpr std::size_t builds_max = 1000;

private:
  plugins::loaded_ptr find(const core::plugin& named);
  std::optional<core::problem> copy(const plugins::loaded& build) const;
  void forget_oldest() const;

  const std::filesystem::path folder_;
  std::mutex mutex_;
  std::map<std::string, plugins::loaded_ptr> known_;     // by hash
  std::map<std::uint64_t, core::catalogue_ptr> recent_;  // by the digest of the past; few
};

}  // namespace unscripted::gateway
