// Walks over the commits of one world in order and lets no damage pass: each must begin where the
// one before ended, and carry the chain that follows from it. Internal to storage.
#pragma once

#include "core/ids.hpp"
#include "storage/commit.hpp"
#include "storage/commit_stream.hpp"
#include "storage/moment.hpp"

namespace unscripted::storage {

/// How much is going to be read: a few commits, which may come from and go to the cache, or all,
/// past it.
enum class reading : bool { some, all };

/// "world 3 is damaged at seq 5: the chain should be x, is y: restore the data folder from a
/// backup".
failure damaged(core::world_number world, std::uint64_t seq, const std::string& what,
                const std::string& expected, const std::string& found);

/// Must not outlive the moment. Used by one thread. Memory: one commit, and what is read ahead.
class commit_cursor {
public:
  commit_cursor(const moment& in, reading how);

  /// See commit_stream.
  void read_ahead() { it_.read_ahead(); }
  /// Goes to the commit that holds `seq` (behind the base), or to the end where none does.
  std::optional<failure> seek(std::uint64_t seq);
  /// Goes to the next commit, or to the end. Not at the end already.
  std::optional<failure> next();

  bool at_end() const { return at_end_; }
  /// Valid until the cursor moves.
  const commit_header& header() const { return commit_.header; }
  std::string_view records() const { return commit_.records; }
  std::uint64_t first_seq() const { return first_seq_; }
  std::uint64_t last_seq() const { return first_seq_ + commit_.header.count - 1; }
  /// The chain and the world's tick before the commit; at the end, those after the last one.
  const chain_value& chain_before() const { return chain_before_; }
  std::uint64_t tick_before() const { return tick_before_; }

private:
  std::optional<failure> load();
  std::optional<failure> check_chain();
  std::optional<failure> look_before();
  std::optional<failure> check_iterator() const;

  const moment& in_;
  core::world_number world_;
  commit_stream it_;
  std::uint64_t first_seq_ = 0, tick_before_ = 0;
  chain_value chain_before_{};
  decoded_commit commit_;
  std::string scratch_;
  bool at_end_ = true;
};

}  // namespace unscripted::storage
