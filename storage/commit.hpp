// A commit: the records of one world that become durable together, as one value in RocksDB.
// The layout is in format.md. Internal to storage, but for commit_builder.
#pragma once

#include "core/catalogue.hpp"
#include "core/codec.hpp"
#include "core/record.hpp"
#include "storage/kept_answer.hpp"
#include "storage/token_row.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::storage {

/// XXH3-128 over all commits of a history up to one: equal chains, equal histories.
using chain_value = std::array<char, 16>;

/// XXH3-128 of some bytes, big-endian.
chain_value chain_hash(std::string_view bytes);

/// 32 lower-case hex digits.
std::string to_hex(const chain_value& chain);
std::optional<chain_value> parse_chain(std::string_view text);
/// 16 lower-case hex digits.
std::string to_hex(std::uint64_t x);

/// Collects encoded records until they are appended. Owned and filled by one world actor.
class commit_builder {
public:
  /// Encodes `r` at the end. `before` is the catalogue in force before it, null before a history's
  /// first record: of the world to which `r` is not applied yet. The sequences must follow each
  /// other; history::append() refuses the commit otherwise.
  void add(const core::record& r, const core::catalogue_ptr& before);

  /// What was answered to one of the records becomes durable with them.
  void keep(kept_answer told) { answers_.push_back(std::move(told)); }
  /// That answer is kept no longer.
  void forget_answer(std::uint64_t seq) { forgotten_.push_back(seq); }
  /// Becomes durable with the records: from now on the bot is owned so; by nobody, where the
  /// principal is 0.
  void note_owner(const owned_bot& bot) { owners_.push_back(bot); }
  const std::vector<owned_bot>& owners() const { return owners_; }

  bool empty() const { return count_ == 0; }
  std::uint64_t count() const { return count_; }
  /// Of the first record; 0 while empty.
  std::uint64_t first_seq() const { return first_seq_; }
  /// Of the last record; 0 while empty.
  std::uint64_t last_seq() const { return last_seq_; }
  /// The encoded records.
  const std::string& bytes() const { return bytes_; }
  /// The catalogue before the first record; null in a history's first commit.
  const core::catalogue_ptr& catalogue() const { return catalogue_; }
  bool is_contiguous() const { return is_contiguous_; }
  const std::vector<kept_answer>& answers() const { return answers_; }
  const std::vector<std::uint64_t>& forgotten() const { return forgotten_; }

  /// Forgets the records and keeps the memory.
  void clear();

private:
  std::string bytes_;
  std::vector<owned_bot> owners_;
  core::catalogue_ptr catalogue_;
  std::vector<kept_answer> answers_;
  std::vector<std::uint64_t> forgotten_;
  std::uint64_t first_seq_ = 0, last_seq_ = 0, count_ = 0;
  bool is_contiguous_ = true;
};

/// What stands before the records of a commit.
struct commit_header {
  core::record_grammar grammar = core::record_grammar::heads_first;  // of its records
  chain_value chain{};
  std::uint64_t state_hash = 0;  // after the commit
  std::uint64_t catalogue = 0;   // digest of the one before the first record; 0 for none
  std::int64_t wall_ms = 0;      // Unix time of the append
  std::uint64_t tick = 0;        // after the commit
  std::uint64_t count = 0;       // of records; not 0
};

/// The value of a commit into `out`; sets `header.chain`, which follows from `previous` and the
/// rest.
void encode_commit(commit_header& header, const chain_value& previous, std::string_view records,
                   std::string& out);

struct decoded_commit {
  commit_header header;
  std::string_view records;  // points into the value
};

/// Nothing on wrong bytes. Does not check the chain.
std::optional<decoded_commit> decode_commit(std::string_view value);

/// The chain that the commit `value` must carry after `previous`. `scratch` is overwritten.
/// `value` must be one that decode_commit() takes.
chain_value chain_of(std::string_view value, const chain_value& previous, std::string& scratch);

}  // namespace unscripted::storage
