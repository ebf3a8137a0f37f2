// What a world refuses because it would be too much.
#include "actors/world_keeper.hpp"

namespace unscripted::actors {

namespace {

constexpr double day_s = 86'400;

// A day's worth at once, and then as it comes in: a world that used it up goes on slowly.
rate rate_of_history(std::uint64_t bytes_per_day) {
  const auto bytes = static_cast<double>(bytes_per_day);
  return {bytes / day_s, bytes};
}

}  // namespace

std::optional<core::problem> world_keeper::why_no_room() {
  if (!around_.has_room()) return storage_full();
  const std::uint64_t most = parts_.limits.history_per_day;
  if (most == 0) return std::nullopt;
  const auto wait = history_rate_.wait(rate_of_history(most), around_.now());
  if (!wait) return std::nullopt;
  return rate_limited("this world has recorded the " + std::to_string(most) +
                          " bytes that it may record in a day",
                      *wait);
}

void world_keeper::charge_history(std::size_t bytes) {
  if (parts_.limits.history_per_day == 0) return;
  history_rate_.charge(rate_of_history(parts_.limits.history_per_day), static_cast<double>(bytes),
                       around_.now());
}

std::optional<core::problem> world_keeper::why_too_often(core::serial bot) {
  const double most = parts_.limits.acts_per_bot;
  if (most <= 0) return std::nullopt;
  const auto wait = act_rates_[bot].take({most, std::max(most, 1.0)}, 1, around_.now());
  if (!wait) return std::nullopt;
  const std::string id = core::to_string(core::thing_id{parts_.number, bot});
  return rate_limited("bot " + id + " acts more often than this server lets a bot", *wait)
      .with("id", id);
}

}  // namespace unscripted::actors
