// How far a long work on histories is, and how to end it early.
#pragma once

#include "storage/failure.hpp"

#include <cstdint>
#include <functional>

namespace unscripted::storage {

/// Called by the working thread at least every progress_records records; false cancels the work.
/// `done` never decreases; `total` may be a guess and may change. May be empty: nobody asks.
using progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

inline constexpr std::uint64_t progress_records = 50'000;

/// What a work that was cancelled fails with.
inline failure cancelled() { return {failure_kind::io, "it was cancelled before its end"}; }

}  // namespace unscripted::storage
