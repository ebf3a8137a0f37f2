// What is said of a world's history when it is examined. Internal to storage.
#pragma once

#include "storage/doctor.hpp"
#include "storage/playback.hpp"
#include "storage/snapshot.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace unscripted::storage::doctor {

inline constexpr const char* costs_time =
    "a damaged snapshot costs only time: an older one, or the whole history, is used";

/// How a readable snapshot differs from the state that the records led to, as the end of a
/// sentence; nothing where it does not. [pure]
std::optional<std::string> first_difference(const decoded_snapshot& s, const playback& p,
                                            bool between_commits);

/// What can be saved of a history that is damaged behind the record `after`: before the damage, and
/// behind it. `recovers`: a server would start the world all the same. [pure]
std::string what_is_left(const world_checkup& world, std::uint64_t after, bool recovers);

}  // namespace unscripted::storage::doctor
