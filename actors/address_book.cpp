#include "actors/address_book.hpp"

#include <utility>

namespace unscripted::actors {

namespace {

using reading = std::shared_lock<std::shared_mutex>;
using writing = std::unique_lock<std::shared_mutex>;

}  // namespace

core::problem not_running(const std::string& world, const std::string& trouble) {
  return {core::errc::conflict, "world " + world + " is not running: " + trouble, {}};
}

bool address_book::add_world(world_entry entry) {
  const writing lock{worlds_mutex_};
  for (const auto& [number, other] : worlds_)
    if (other.name == entry.name) return false;
  const core::world_number number = entry.number;
  worlds_.insert_or_assign(number, std::move(entry));
  return true;
}

bool address_book::rename_world(core::world_number number, const std::string& name) {
  const writing lock{worlds_mutex_};
  for (const auto& [other, entry] : worlds_)
    if (other != number && entry.name == name) return false;
  const auto found = worlds_.find(number);
  if (found != worlds_.end()) found->second.name = name;
  return true;
}

void address_book::remove_world(core::world_number number) {
  decltype(worlds_)::node_type gone;  // destroyed after the lock
  const writing lock{worlds_mutex_};
  gone = worlds_.extract(number);
  ++losses_;
}

void address_book::replace_world(core::world_number number, caf::actor actor, std::string trouble) {
  const writing lock{worlds_mutex_};
  const auto found = worlds_.find(number);
  if (found == worlds_.end()) return;
  std::swap(found->second.actor, actor);
  found->second.trouble = std::move(trouble);
  ++losses_;
}

std::optional<address_book::world_entry> address_book::find_world(core::world_number number) const {
  const reading lock{worlds_mutex_};
  const auto found = worlds_.find(number);
  if (found == worlds_.end()) return std::nullopt;
  return found->second;
}

std::optional<core::world_number> address_book::find_world(std::string_view name) const {
  const reading lock{worlds_mutex_};
  for (const auto& [number, entry] : worlds_)
    if (entry.name == name) return number;
  return std::nullopt;
}

caf::actor address_book::find_actor(core::world_number number) const {
  const reading lock{worlds_mutex_};
  const auto found = worlds_.find(number);
  return found == worlds_.end() ? caf::actor{} : found->second.actor;
}

std::vector<address_book::world_entry> address_book::worlds() const {
  const reading lock{worlds_mutex_};
  std::vector<world_entry> all;
  for (const auto& [number, entry] : worlds_) all.push_back(entry);
  return all;
}

void address_book::add_bot(const core::thing_id& id, caf::actor actor) {
  const writing lock{bots_mutex_};
  std::swap(bots_[id], actor);
}

void address_book::remove_bot(const core::thing_id& id) {
  decltype(bots_)::node_type gone;  // destroyed after the lock
  const writing lock{bots_mutex_};
  gone = bots_.extract(id);
}

caf::actor address_book::find_bot(const core::thing_id& id) const {
  const reading lock{bots_mutex_};
  const auto found = bots_.find(id);
  return found == bots_.end() ? caf::actor{} : found->second;
}

std::size_t address_book::bot_count() const {
  const reading lock{bots_mutex_};
  return bots_.size();
}

void address_book::clear() {
  decltype(bots_) bots;  // destroyed after the locks
  decltype(worlds_) worlds;
  {
    const writing lock{bots_mutex_};
    bots.swap(bots_);
  }
  const writing lock{worlds_mutex_};
  worlds.swap(worlds_);
}

}  // namespace unscripted::actors
