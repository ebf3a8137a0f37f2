// From folders of shared libraries to a catalogue. Three steps, so that a running server can take
// one more plugin, or another version of one, or set one aside:
//
//   inspect(file)     -> one plugin, right in itself, or the one line that says why not
//   assemble(plugins) -> the catalogue of those that fit together
//   load(folders)     -> both, for all files
//
// A bad plugin is refused whole. The line says what, where, why and what to do:
// "libfly.so: action `fly`: parameter `height`: minimum 3 is above maximum 2; swap them".
// A file that others can write or replace is refused (trusted_file.hpp).
// Everything here blocks on files and runs the initialisers of libraries; plugins are code that the
// server's owner trusts. [any thread] [blocking]
#pragma once

#include "core/catalogue.hpp"
#include "core/problem.hpp"
#include "plugins/loaded.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::plugins {

struct library;

/// Plugins that fit together.
struct assembly {
  core::catalogue_ptr catalogue;
  std::vector<loaded_ptr> plugins;     // those in the catalogue, sorted by id, as in its plugins()
  std::vector<std::string> refusals;   // one line for each plugin that was left out
  std::vector<std::string> set_aside;  // ids of those in the catalogue that bring kinds only
};

/// Loads one library. Errors: invalid_params, with the refusal as message.
core::result<loaded_ptr> inspect(const std::filesystem::path& file);
/// The same of one that is mapped already (plugins/library.hpp); `file` is what it is called.
core::result<loaded_ptr> inspect(const library& mapped, const std::filesystem::path& file);

/// The same plugins give the same catalogue, whatever order they come in: `world` is the first
/// kind, the others follow by name; properties that extend a kind follow its own, by plugin id. Of
/// two plugins that bring the same, the one with the later id is left out (with the same id the one
/// that comes later in `plugins`), and so is every plugin that needs what was left out. Without
/// plugins: the engine's own kinds.
///
/// A plugin whose id is in `set_aside` brings its kinds and properties only, no actions and no
/// rules: things of its kinds live on, and others that use its properties still fit.
assembly assemble(std::vector<loaded_ptr> plugins, const std::set<std::string>& set_aside = {});

/// The file NAME.so in the first of the folders that has one. Whether it is right is up to
/// inspect(). Errors: invalid_params for what is no name, not_found, which names the folders.
core::result<std::filesystem::path> find_library(const std::vector<std::filesystem::path>& folders,
                                                 std::string_view name);

/// All *.so in the folders, by file name within each. Of two files of one name, and of two plugins
/// of one id, that in the earlier folder stands, so that one's own may stand in for a shipped one.
/// Errors: not_found for a folder that is not there.
core::result<assembly> load(const std::vector<std::filesystem::path>& folders);

}  // namespace unscripted::plugins
