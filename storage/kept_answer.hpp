// What was answered to an action that its client named with a key, kept so that the same key gets
// the same answer after a restart. The layout is in format.md.
#pragma once

#include "core/ids.hpp"
#include "core/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unscripted::storage {

/// A world keeps those of its last so many keyed actions.
inline constexpr std::size_t kept_answers_max = 65'536;

struct kept_answer {
  std::uint64_t seq = 0;   // of the record
  std::uint64_t tick = 0;  // as it was told: in lockstep, of the tick that followed
  core::serial bot = core::no_thing;
  std::string key;         // 1 to core::key_bytes_max bytes
  std::uint64_t wish = 0;  // digest of what was asked for
  core::outcome outcome = core::outcome::done;
  std::string reason;             // of refused and fault
  std::string plugin;             // of fault: whose it was
  std::optional<core::vec3> pos;  // of the bot afterwards; nothing where it died of it

  friend bool operator==(const kept_answer&, const kept_answer&) = default;
};

void encode_answer(const kept_answer& told, std::string& out);
/// Nothing on wrong bytes. The sequence is that of the key.
std::optional<kept_answer> decode_answer(std::uint64_t seq, std::string_view bytes);

}  // namespace unscripted::storage
