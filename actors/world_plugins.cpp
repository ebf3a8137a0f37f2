// Other plugins for a living world: between two commands, as a record.
#include "actors/world_keeper.hpp"
#include "core/show.hpp"

#include <utility>

namespace unscripted::actors {

// -- other deciders ------------------------------------------------------------------------------

std::optional<core::problem> world_keeper::would_take(const core::catalogue_ptr& next) const {
  core::record unused;
  return core::decide(world_, core::load_command{next}, unused);
}

plugin_verdict world_keeper::take(const deciders& next) {
  plugin_verdict verdict{parts_.number, 0, {}};
  if (world_.catalogue().same_description(*next.catalogue)) {
    world_.bind(next.catalogue);
  } else if (auto why = change_catalogue(next.catalogue)) {
    verdict.trouble = std::move(why->message);
    return verdict;
  } else {
    verdict.seq = world_.seq();
  }
  parts_.with = next;
  restart_mirror();
  commit();
  drain_waiting();
  return verdict;
}

// Actions that wait for their tick, and minds that are choosing, speak of the catalogue before.
std::optional<core::problem> world_keeper::change_catalogue(const core::catalogue_ptr& next) {
  const core::translation way(world_.shared_catalogue(), next);
  std::vector<std::pair<core::serial, core::result<core::command>>> commands;
  for (const auto& [bot, t] : turns_) commands.emplace_back(bot, way.translate(t.command, world_));
  if (auto why = record(core::load_command{next})) return why;
  for (auto& [bot, command] : commands) {
    const auto waiting = turns_.find(bot);
    if (command) {
      waiting->second.command = std::move(*command);
      continue;
    }
    refuse_turn(waiting->second, command.why());
    turns_.erase(waiting);
  }
  for (const auto& [bot, mind] : minds_) drop_act(bot);
  owe_all();
  subscriptions_.begin_anew();
  return std::nullopt;
}

// -- those beside --------------------------------------------------------------------------------

void world_keeper::restart_mirror() {
  mirror_.reset();
  if (parts_.with.beside) mirror_ = core::mirror::of(world_, parts_.with.beside->catalogue());
}

// Before the record is applied.
void world_keeper::decide_beside() {
  shadow& beside = *parts_.with.beside;
  if (core::chooses_catalogue(record_.command) || !beside.take()) return mirror_.reset();
  if (auto difference = mirror_->decide_again(record_, world_))
    beside.note({parts_.number, record_.seq, record_.tick,
                 core::show_deed(record_.command, world_.catalogue()), *std::move(difference)});
  else beside.note_same();
  if (!mirror_->follow(record_, world_)) mirror_.reset();
}

}  // namespace unscripted::actors
