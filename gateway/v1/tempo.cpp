#include "gateway/v1/tempo.hpp"

namespace unscripted::gateway::v1 {

std::optional<double> tempo::look(core::world_number world, std::uint64_t tick, time_point now) {
  const std::lock_guard lock{mutex_};
  if (worlds_.size() >= worlds_max && !worlds_.contains(world)) worlds_.clear();
  const auto [entry, is_new] = worlds_.try_emplace(world, reading{tick, now, std::nullopt});
  reading& last = entry->second;
  const std::chrono::duration<double> passed = now - last.at;
  if (is_new || passed < std::chrono::seconds{1}) return last.rate;
  const std::uint64_t ticks = tick > last.tick ? tick - last.tick : 0;
  if (ticks > 0 || last.rate) last.rate = static_cast<double>(ticks) / passed.count();
  last.tick = tick;
  last.at = now;
  return last.rate;
}

}  // namespace unscripted::gateway::v1
