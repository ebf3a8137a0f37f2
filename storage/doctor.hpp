// Looks a data folder over without changing a byte of it: which worlds are whole, what is wrong
// with the others, and what of them can still be saved. Every history is replayed from its first
// record, or its base, and every snapshot compared with the state that the records lead to.
#pragma once

#include "core/ids.hpp"
#include "storage/failure.hpp"
#include "storage/progress.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace unscripted::storage {

/// From good to bad; several together are as bad as the worst.
enum class verdict : std::uint8_t {
  sound,
  usable_with_care,  // every record and state can be had, but something should be seen to
  damaged,           // records, states or worlds cannot be read any more, or not be trusted
  not_examined,      // the folder is in use, of a newer format, or none
};

/// "sound", "usable with care", "damaged", "not examined".
const char* to_string(verdict v);

struct finding {
  verdict grade = verdict::damaged;  // sound: worth a word, but as it should be
  std::string wrong;                 // one line: where, what was expected, what was found
  std::string remedy;                // one line: what can be saved, and what to do
};

/// Records that were replayed, and are what was once acknowledged.
struct proved_records {
  std::uint64_t first = 0, last = 0;  // sequences
  std::uint64_t tick = 0;             // after the last

  friend bool operator==(const proved_records&, const proved_records&) = default;
};

struct world_checkup {
  core::world_number number = 0;
  std::string id;    // as on the wire: 24 hex digits
  std::string name;  // empty where the list of worlds is damaged there
  // What its head says; zero where that is not readable.
  std::uint64_t records = 0;
  std::uint64_t last_seq = 0;
  std::uint64_t ticks = 0;  // that the world has lived
  /// In order. One for a sound history, none for an empty one; a gap is a damage.
  std::vector<proved_records> proved;
  std::vector<finding> findings;

  verdict grade() const;
  bool sound() const { return grade() == verdict::sound; }
};

struct checkup {
  std::filesystem::path folder;
  std::vector<finding> findings;      // of the folder itself, its list of worlds, its catalogues
  std::vector<world_checkup> worlds;  // by number

  verdict overall() const;
};

struct checkup_options {
  unsigned threads = 1;        // how many worlds are looked at side by side
  storage::progress progress;  // counts records; called by one thread at a time
};

/// A folder that cannot be opened is no failure: what is the matter is a finding. The only failure
/// is that it was cancelled. Memory: a world a thread, and eight bytes for each snapshot. The
/// folder cannot be opened to write meanwhile. [blocking]
result<checkup> examine(const std::filesystem::path& data, const checkup_options& options);

/// The same for people, a line each: the folder first, then world by world, then the sum.
std::vector<std::string> tell(const checkup& c);

}  // namespace unscripted::storage
