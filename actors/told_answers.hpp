// What was answered to the last keyed actions of a world: a client that did not hear the answer
// asks again under the same key, and is answered the same without a second decision.
#pragma once

#include "core/resolve.hpp"
#include "storage/kept_answer.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace unscripted::actors {

/// Owned and used by one keeper. Holds storage::kept_answers_max answers at most.
class told_answers {
public:
  /// What the bot was answered under that key; null where that is not known. Valid until add().
  const storage::kept_answer* find(core::serial bot, std::string_view key) const;
  /// An answer that find() does not know. The sequence of the oldest one where that is forgotten
  /// for it.
  std::optional<std::uint64_t> add(storage::kept_answer told);
  void clear();

private:
  std::deque<storage::kept_answer> in_order_;
  std::map<std::pair<core::serial, std::string_view>, const storage::kept_answer*> by_key_;
};

/// Of all that decides what becomes of a wish. The order of the arguments does not count.
std::uint64_t digest_of(const core::act_wish& wish);

}  // namespace unscripted::actors
