#include "storage/durability.hpp"

namespace unscripted::storage {

std::string_view to_string(durability x) {
  switch (x) {
    case durability::memory: return "memory";
    case durability::wal: return "wal";
    case durability::fsync: return "fsync";
  }
  return "unknown";
}

std::optional<durability> parse_durability(std::string_view text) {
  for (const durability x : {durability::memory, durability::wal, durability::fsync})
    if (text == to_string(x)) return x;
  return std::nullopt;
}

}  // namespace unscripted::storage
