#include "gateway/plugin_builds.hpp"

#include <algorithm>
#include <set>
#include <system_error>

namespace unscripted::gateway {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t recent_max = 64;

// Those that brought kinds and properties only: they were set aside.
std::set<std::string> ids_aside(const core::catalogue& past) {
  std::set<std::string> ids;
  for (std::size_t i = 0; i < past.plugins().size(); ++i) {
    const auto is_its = [i](const auto& part) { return part.plugin == i; };
    if (std::ranges::none_of(past.actions(), is_its) && std::ranges::none_of(past.rules(), is_its))
      ids.insert(past.plugins()[i].id);
  }
  return ids;
}

plugins::loaded_ptr inspected(const fs::path& file) {
  const auto loaded = plugins::inspect(file);
  return loaded ? *loaded : nullptr;
}

core::problem not_copied(const plugins::loaded& build, const std::string& why) {
  return {core::errc::conflict,
          "plugin " + build.identity.id + " is not kept among the builds (" + why +
              "): once it is replaced, what it decided can't be decided again here",
          {}};
}

}  // namespace

std::optional<core::problem> plugin_builds::keep(const plugins::loaded_ptr& build, bool copies) {
  const std::lock_guard lock{mutex_};
  known_.emplace(build->identity.hash, build);
  if (!copies || folder_.empty()) return std::nullopt;
  auto why = copy(*build);
  if (!why) forget_oldest();
  return why;
}

// Under another name first: a file that was cut short never has the name of a whole one.
std::optional<core::problem> plugin_builds::copy(const plugins::loaded& build) const {
  const fs::path to = file_of(build.identity);
  const fs::path part = folder_ / (build.identity.hash + ".part");
  std::error_code failed;
  if (fs::exists(to, failed)) return std::nullopt;
  fs::create_directories(folder_, failed);
  if (!failed) fs::copy_file(build.path, part, fs::copy_options::overwrite_existing, failed);
  if (!failed) fs::permissions(part, fs::perms::owner_all, failed);
  const auto copied = failed ? plugins::loaded_ptr{} : inspected(part);
  const bool is_the_same = copied && copied->identity == build.identity;
  if (is_the_same) fs::rename(part, to, failed);
  if (is_the_same && !failed) return std::nullopt;
  const std::string why = failed ? failed.message() : "its file was changed meanwhile";
  fs::remove(part, failed);
  return not_copied(build, why);
}

void plugin_builds::forget_oldest() const {
  std::error_code failed;
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  for (fs::directory_iterator at{folder_, failed}; !failed && at != fs::directory_iterator{};
       at.increment(failed))
    files.emplace_back(at->last_write_time(failed), at->path());
  if (files.size() <= builds_max) return;
  std::ranges::sort(files);
  for (std::size_t i = 0; i + builds_max < files.size(); ++i) fs::remove(files[i].second, failed);
}

plugins::loaded_ptr plugin_builds::find(const core::plugin& named) {
  const auto known = known_.find(named.hash);
  if (known != known_.end()) return known->second;
  if (folder_.empty()) return nullptr;
  const auto loaded = inspected(file_of(named));
  if (loaded && loaded->identity.hash == named.hash) return known_[named.hash] = loaded;
  return nullptr;
}

core::catalogue_ptr plugin_builds::assemble(const core::catalogue& past) {
  const std::lock_guard lock{mutex_};
  const auto before = recent_.find(past.digest());
  if (before != recent_.end()) return before->second;
  std::vector<plugins::loaded_ptr> all;
  for (const core::plugin& named : past.plugins()) {
    const auto build = find(named);
    if (!build || build->identity != named) return nullptr;
    all.push_back(plugins::with_own_counters(*build));
  }
  auto made = plugins::assemble(std::move(all), ids_aside(past)).catalogue;
  if (!made->same_description(past)) return nullptr;
  if (recent_.size() >= recent_max) recent_.clear();
  recent_.emplace(past.digest(), made);
  return made;
}

core::catalogue_ptr plugin_builds::assemble(const core::catalogue& past,
                                            const std::vector<plugins::loaded_ptr>& others) {
  const std::lock_guard lock{mutex_};
  std::vector<plugins::loaded_ptr> all;
  auto aside = ids_aside(past);
  for (const auto& other : others) {
    all.push_back(plugins::with_own_counters(*other));
    aside.erase(other->identity.id);
  }
  for (const core::plugin& named : past.plugins()) {
    const auto has_its_id = [&](const auto& p) { return p->identity.id == named.id; };
    if (std::ranges::any_of(others, has_its_id)) continue;
    if (const auto build = find(named)) all.push_back(plugins::with_own_counters(*build));
  }
  return plugins::assemble(std::move(all), aside).catalogue;
}

}  // namespace unscripted::gateway
