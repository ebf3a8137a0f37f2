// The records that lead to one world, those of its ancestors included, as one line. Internal to
// storage.
#pragma once

#include "storage/lineage.hpp"
#include "storage/record_cursor.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace unscripted::storage {

/// Sees the histories as they are when it comes to them. Used by one thread; must not outlive the
/// store. Memory: one commit. Every call is [blocking].
class record_line {
public:
  /// `line` as lineage() gives it; not empty.
  record_line(const store& from, std::vector<ancestor> line);

  const std::vector<ancestor>& ancestors() const { return line_; }
  std::uint64_t last_seq() const { return line_.front().left_at; }
  /// The last record behind `after` that is gone, pruned or of a deleted world; `after` where none
  /// is.
  std::uint64_t gone_until(std::uint64_t after) const;
  /// The state hash after record `seq`, which must be at or behind what is gone.
  result<std::uint64_t> hash_at(std::uint64_t seq) const;

  /// Goes to record `seq`, or to the end where there is none. It must not be gone.
  std::optional<failure> seek(std::uint64_t seq);
  /// Goes to the next record, or to the end. Not at the end already.
  std::optional<failure> next();
  bool at_end() const { return seq_ > last_seq(); }
  /// Valid until it moves.
  const core::record& record() const { return cursor_->record(); }
  const core::catalogue_ptr& catalogue() const { return cursor_->catalogue(); }
  parting_side side() const;

private:
  std::uint64_t begin_of(std::size_t generation) const;
  std::optional<failure> enter(std::uint64_t seq);
  std::optional<failure> check() const;

  const store& store_;
  std::vector<ancestor> line_;
  std::size_t generation_ = 0;  // of the ancestor that holds the record
  std::uint64_t seq_ = 0;
  std::unique_ptr<moment> moment_;
  std::unique_ptr<record_cursor> cursor_;
};

}  // namespace unscripted::storage
