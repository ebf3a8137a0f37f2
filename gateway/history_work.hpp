// What the archive does for the methods `history.*`: each reads or works, and writes the JSON of
// its result. [any thread] [blocking]
#pragma once

#include "core/predicate.hpp"
#include "gateway/archive.hpp"
#include "gateway/conversation.hpp"
#include "gateway/history_export.hpp"
#include "gateway/history_import.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace unscripted::gateway {

/// A place in a history as clients name it: after a record, or the first moment of a tick, before
/// anybody acted in it.
struct when {
  enum class unit : std::uint8_t { seq, tick };

  unit in = unit::seq;
  std::uint64_t value = 0;
};

/// The sequence that is meant, the last one where `at` is absent. Problems: not_found beyond the
/// end, or before the beginning.
core::result<std::uint64_t> find_seq(storage::store& in, core::world_number world,
                                     const std::optional<when>& at);
/// Why nothing large should be begun: the disk is nearly full.
std::optional<storage::failure> why_no_room(storage::store& in);
/// Why storage could not, as clients are told. A world that was deleted meanwhile is not_found.
core::problem to_problem(const storage::store& in, core::world_number world,
                         const storage::failure& why);

/// The problem of a record that was pruned.
core::problem gone_before(std::uint64_t seq, std::uint64_t first);

struct read_wish {
  std::uint64_t from = 0;  // 0: the first there is
  std::uint64_t to = ~std::uint64_t{0};
  std::uint32_t limit = 1000;
  std::optional<core::serial> bot;    // that acted
  std::optional<core::serial> thing;  // that it is about, or that it changed
  std::optional<std::string> action;  // of acts; or the type of another command: "create", …
  std::optional<core::outcome> outcome;
};

struct state_wish {
  std::optional<when> at;
  std::optional<std::string> kind;
  std::uint32_t limit = 1000;
  core::serial after = core::world_serial;
};

struct range_wish {
  std::optional<when> from, to;
};

archive_answer count_history(archive& in, core::world_number world);
archive_answer read_history(archive& in, core::world_number world, const read_wish& wish);
archive_answer show_state(archive& in, core::world_number world, const state_wish& wish,
                          const encoder& encode);
archive_answer replay_history(archive& in, core::world_number world, const range_wish& wish,
                              const storage::progress& report);
struct verify_wish {
  range_wish range;
  bool count_all = false;
  bool with_present = false;  // decide with the plugins of now, not with those that are named there
};
archive_answer verify_history(archive& in, core::world_number world, const verify_wish& wish,
                              const storage::progress& report);
archive_answer diff_histories(archive& in, core::world_number a, const std::optional<when>& at_a,
                              core::world_number b, const std::optional<when>& at_b,
                              std::uint32_t limit, const storage::progress& report);
archive_answer explain_thing(archive& in, core::thing_id id, const std::optional<when>& at,
                             const storage::progress& report);
archive_answer bisect_history(archive& in, core::world_number world, const core::predicate& holds,
                              const range_wish& wish, bool scan, const storage::progress& report);
archive_answer prune_history(archive& in, core::world_number world, const when& before);
/// Sets it, and prunes what is older at once. 0: for ever.
archive_answer retain_history(archive& in, core::world_number world, std::uint32_t days);

struct export_wish {
  export_what what = export_what::records;
  std::optional<when> from, to;
  std::uint64_t every = 1;
  std::uint32_t limit = 1000;
};
archive_answer export_page(archive& in, core::world_number world, const export_wish& wish);
/// A new world from a file; it is not running yet. Its name is `name`, or that in the file.
core::result<imported> import_file(archive& in, const std::string& file,
                                   const std::optional<std::string>& name, std::uint64_t owner,
                                   const storage::progress& report);

archive_answer back_up(archive& in, const std::string& folder, const storage::progress& report);
archive_answer make_checkpoint(archive& in, const std::string& folder);

struct fork_wish {
  std::optional<when> at;
  std::string name;
  std::optional<std::uint64_t> seed;
  std::optional<std::optional<std::uint64_t>> pause_at;  // as the parent has it where absent
  std::uint64_t owner = 0;                               // a token's number; 0: nobody's
};
/// The number of the new world; it is not running yet.
core::result<core::world_number> fork_history(archive& in, core::world_number parent,
                                              const std::string& parent_name,
                                              const fork_wish& wish);

}  // namespace unscripted::gateway
