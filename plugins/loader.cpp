#include "plugins/loader.hpp"

#include "plugins/words.hpp"

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

}  // namespace

core::result<fs::path> find_library(const std::vector<fs::path>& folders, std::string_view name) {
  if (!is_name(name))
    return core::problem{core::errc::invalid_params,
                         "plugin " + quote(name) +
                             ": not the name of a file in a plugins folder; a name is a-z, 0-9 and "
                             "_, beginning with a letter, at most 32, without `.so`",
                         {}};
  std::string searched;
  for (const fs::path& folder : folders) {
    const fs::path file = folder / (std::string(name) + ".so");
    std::error_code failed;
    if (fs::exists(fs::symlink_status(file, failed))) return file;
    searched += (searched.empty() ? "" : ", ") + quote(folder.string());
  }
  return core::problem{core::errc::not_found,
                       "plugin " + quote(name) + ": there is no " + std::string(name) + ".so in " +
                           (searched.empty() ? "any folder, since none is named" : searched) +
                           "; copy it there, or check the name",
                       {}};
}

core::result<assembly> load(const std::vector<fs::path>& folders) {
  std::vector<loaded_ptr> plugins;
  std::vector<std::string> refusals;
  std::set<fs::path> names;   // of files in earlier folders, which stand before those of later ones
  std::set<std::string> ids;  // of plugins in earlier folders, likewise
  for (const fs::path& folder : folders) {
    const auto files = libraries_in(folder);
    if (!files)
      return core::problem{core::errc::not_found,
                           "plugins folder `" + folder.string() +
                               "`: there is no such folder, or it can't be read; name another",
                           {}};
    std::set<std::string> ids_here;
    for (const fs::path& file : *files) {
      if (!names.insert(file.filename()).second) continue;
      auto plugin = inspect(file);
      if (!plugin) {
        refusals.push_back(plugin.why().message);
      } else if (!ids.contains((*plugin)->identity.id)) {
        ids_here.insert((*plugin)->identity.id);
        plugins.push_back(*plugin);
      }
    }
    ids.merge(ids_here);
  }
  assembly out = assemble(std::move(plugins));
  refusals.insert(refusals.end(), out.refusals.begin(), out.refusals.end());
  out.refusals = std::move(refusals);
  return out;
}

}  // namespace unscripted::plugins
