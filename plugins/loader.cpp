#include "plugins/loader.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>

namespace unscripted::plugins {

namespace {

namespace fs = std::filesystem;

// The *.so of a folder by name, or nothing where there is no such folder.
std::optional<std::vector<fs::path>> libraries_in(const fs::path& folder) {
  std::error_code failed;
  fs::directory_iterator at{folder, failed};
  if (failed) return std::nullopt;
  std::vector<fs::path> files;
  for (; at != fs::directory_iterator{}; at.increment(failed))
    if (at->path().extension() == ".so") files.push_back(at->path());
  if (failed) return std::nullopt;
  std::sort(files.begin(), files.end());
  return files;
}

} // namespace

core::result<assembly> load(const std::vector<fs::path>& folders) {
  std::vector<loaded_ptr> plugins;
  std::vector<std::string> refusals;
  std::set<fs::path> names;  // of files in earlier folders, which stand before those of later ones
  for (const fs::path& folder : folders) {
    const auto files = libraries_in(folder);
    if (!files)
      return core::problem{core::errc::not_found,
                           "plugins folder `" + folder.string() +
                               "`: there is no such folder, or it can't be read; name another",
                           {}};
    for (const fs::path& file : *files) {
      if (!names.insert(file.filename()).second) continue;
      auto plugin = inspect(file);
      if (plugin) plugins.push_back(*plugin);
      else refusals.push_back(plugin.why().message);
    }
  }
  assembly out = assemble(std::move(plugins));
  refusals.insert(refusals.end(), out.refusals.begin(), out.refusals.end());
  out.refusals = std::move(refusals);
  return out;
}

} // namespace unscripted::plugins
