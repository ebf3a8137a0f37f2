// Walks over the records of one world in order. Internal to storage.
#pragma once

#include "core/bytes.hpp"
#include "core/record.hpp"
#include "storage/commit_cursor.hpp"

namespace unscripted::storage {

/// Must not outlive the moment. Used by one thread. Memory: one commit.
class record_cursor {
public:
  record_cursor(const moment& in, reading how) : in_(in), commits_(in, how) {}

  /// See commit_stream.
  void read_ahead() { commits_.read_ahead(); }
  /// Goes to record `seq` (behind the base), or to the end where there is none.
  std::optional<failure> seek(std::uint64_t seq);
  /// Goes to the next record, or to the end. Not at the end already.
  std::optional<failure> next();

  bool at_end() const { return commits_.at_end(); }
  /// Its `seq` and `tick` are set. Valid until the cursor moves.
  const core::record& record() const { return record_; }
  /// The commit that holds it.
  const commit_cursor& commit() const { return commits_; }
  bool is_last_of_commit() const { return record_.seq == commits_.last_seq(); }
  /// The catalogue that names its kinds, properties and actions.
  const core::catalogue_ptr& catalogue() const { return known_; }
  /// Saves loading it: one that is known to be in force somewhere.
  void suggest(core::catalogue_ptr likely) { known_ = std::move(likely); }

private:
  std::optional<failure> enter_commit();
  std::optional<failure> know_catalogue();
  std::optional<failure> decode(std::uint64_t seq);

  const moment& in_;
  commit_cursor commits_;
  core::byte_reader bytes_{{}};
  core::catalogue_ptr known_;
  core::record record_;  // reused
};

}  // namespace unscripted::storage
