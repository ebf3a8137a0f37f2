// A world's history, or what follows from it, as JSON objects, page by page. docs/history-jsonl.md
// describes each of them. What is exported as records, import_history() takes back in.
//
// Needs no plugin. All is checked on the way, as storage::playback does; an export that ends well
// is a proof that the history is whole. Memory: the world, one commit, and one page.
#pragma once

#include "core/ids.hpp"
#include "storage/failure.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace unscripted::gateway {

class export_source;

enum class export_what : std::uint8_t {
  records,     // all that was decided: the only one that can be imported
  things,      // who is there at the end
  deaths,      // of bots, with what they were right before
  population,  // how many of each kind, and what happened, tick by tick
};

std::optional<export_what> parse_export_what(std::string_view text);

struct export_options {
  /// The first sequence; 0: the first there is. Of things: the first serial. Records in the middle
  /// of a commit lack the part of it that is before.
  std::uint64_t from = 0;
  /// The last sequence. Of records: the end of the commit that holds it.
  std::uint64_t to = std::numeric_limits<std::uint64_t>::max();
  /// Ticks from one line about the population to the next; 0 is 1.
  std::uint64_t every = 1;
  /// A page ends at the first good place behind either. Records: the end of a commit.
  std::uint64_t items_max = 1000, bytes_max = std::uint64_t{1} << 20;
  /// Each item is a line of its own; otherwise there are commas between the items of a page.
  bool as_lines = false;
};

/// Sees what was appended before it began. Used by one thread; must not outlive the store. Keep it
/// for all pages, or begin a new one for each with `from` = next() and `to` = to(): that gives the
/// same items, but for descriptions of catalogues, which may be there again. Every call is
/// [blocking].
class history_export {
public:
  /// Cost: of the state before `from` (of things: at `to`). Failures: not_found (no such world, or
  /// the sequence was pruned or is beyond the end), misuse (`to` before `from`), corrupt, io.
  static storage::result<history_export> begin(const storage::store& of, core::world_number world,
                                               export_what what, export_options options);

  history_export(history_export&&) noexcept;
  history_export& operator=(history_export&&) noexcept;
  ~history_export();

  /// Appends the next page, which may be empty. Not at the end. After a failure (corrupt, io) it is
  /// of no use.
  std::optional<storage::failure> write_page(std::string& out);
  bool at_end() const;
  /// Where the next page begins. Not at the end.
  std::uint64_t next() const;
  /// The last sequence, once and for all.
  std::uint64_t to() const { return options_.to; }

private:
  history_export(std::unique_ptr<export_source> source, const export_options& options);

  std::unique_ptr<export_source> source_;
  export_options options_;
};

}  // namespace unscripted::gateway
