// Which plugins a server has, and who changes that: loads one, replaces it, tries it beside the
// present ones, sets it aside. A change is made between two commands of each world, as a record of
// that world; it holds for all worlds or, where one of them cannot take it, for none.
//
// Lives longer than the engine that it changes. Readers get the present state as a whole. Changes
// are made one at a time, by threads that may wait for the worlds: never by those of the engine.
#pragma once

#include "actors/engine.hpp"
#include "gateway/plugin_builds.hpp"
#include "gateway/plugin_folder.hpp"
#include "plugins/loader.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace unscripted::gateway {

struct registry_options {
  std::vector<std::filesystem::path> folders;    // all in them is loaded; the earlier stands first
  std::vector<std::filesystem::path> libraries;  // more, in which load() looks for a name
  std::vector<std::filesystem::path> tried;  // of the folders, those that are tried on a history
  /// Of the histories: what is loaded live is kept there. Empty: it is gone after a restart.
  std::filesystem::path data;
  bool is_archive = false;                       // nothing is written to it
  std::function<void(const std::string&)> warn;  // a line for the log
};

/// What became of a change.
struct plugin_change {
  plugins::loaded_ptr plugin;                  // that was loaded, tried or set aside
  std::optional<core::plugin> replaced;        // the build before it
  std::vector<actors::plugin_verdict> worlds;  // that live
};

class plugin_registry {
public:
  /// A build that decides beside the present one.
  struct trial {
    plugins::loaded_ptr plugin;
    std::shared_ptr<actors::shadow> shadow;
  };
  /// Immutable.
  struct state {
    plugins::assembly assembly;
    std::vector<aside_note> aside;
    std::optional<trial> beside;

    const aside_note* aside_of(const core::plugin& p) const;
  };
  using state_ptr = std::shared_ptr<const state>;

  /// Loads all. A plugin that crashed too often is set aside. Errors: a folder is not there.
  /// [blocking]
  static core::result<std::unique_ptr<plugin_registry>> open(registry_options options);

  /// From now on changes reach its worlds. Before anything is changed.
  void serve(actors::engine& engine) { engine_ = &engine; }
  /// After it nothing is changed.
  void end_service();

  state_ptr present() const;  // [any thread]
  /// Who decided then, to decide again; where one of them is not at hand, those of the present do.
  /// What they do counts for no plugin that lives. [any thread] [blocking]
  core::catalogue_ptr deciders_of(const core::catalogue& past);
  /// The same with those of the present in their places or, where folders were given to be tried,
  /// with those in them. [any thread] [blocking]
  core::catalogue_ptr present_instead_of(const core::catalogue& past);
  /// Where files may be put to be loaded by name; null where there is no such place.
  const plugin_folder* own() const { return own_ ? &*own_ : nullptr; }

  /// By the name of its file without `.so`: a plugin that is new, or a build in another's place.
  /// What it brought before is replaced, also where it was set aside. Errors: not_found,
  /// invalid_params (the loader's refusal), conflict (another plugin, or a world, would lose what
  /// it needs). [blocking]
  core::result<plugin_change> load(const std::string& name);
  /// The same, without effect: it decides so many commands beside the present ones. [blocking]
  core::result<plugin_change> try_beside(const std::string& name, std::uint64_t commands);
  /// What is tried beside is loaded. Errors: not_found where nothing is. [blocking]
  core::result<plugin_change> promote();
  /// By id, file or the last part of the id: its actions and rules go, its kinds stay.
  /// `build_only`: another build of it may act. [blocking]
  core::result<plugin_change> set_aside(const std::string& name, const std::string& why,
                                        bool build_only);

  static constexpr std::size_t crashes_max = 3;  // then a build is set aside

private:
  explicit plugin_registry(registry_options options);

  core::result<std::filesystem::path> find(const std::string& name) const;
  core::result<plugins::loaded_ptr> take_in(const std::string& name);
  core::result<state> with(const plugins::loaded_ptr& fresh) const;
  std::optional<core::problem> keep(const plugins::loaded& fresh) const;
  core::result<plugin_change> replace(const plugins::loaded_ptr& fresh);
  core::result<plugin_change> change_to(state next, plugin_change report);
  std::optional<core::problem> ask_worlds(const core::catalogue_ptr& next);
  core::result<std::vector<actors::plugin_verdict>> tell_worlds(const actors::deciders& next);
  core::result<plugins::loaded_ptr> find_loaded(const std::string& name) const;
  void judge_crashes(std::vector<aside_note>& notes) const;
  void keep_build(const plugins::loaded_ptr& build);

  const registry_options options_;
  std::optional<plugin_folder> own_;
  plugin_builds builds_;
  actors::engine* engine_ = nullptr;
  std::mutex changing_;  // held from the first look to the last world's answer
  mutable std::mutex mutex_;
  state_ptr present_;
};

}  // namespace unscripted::gateway
