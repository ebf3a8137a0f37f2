#include "storage/commit_cursor.hpp"

#include "storage/keys.hpp"

namespace unscripted::storage {

namespace {

std::string_view view_of(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

rocksdb::ReadOptions options_for(reading how) {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  if (how == reading::all) {
    options.fill_cache = false;
    options.readahead_size = std::size_t{2} << 20;
  }
  return options;
}

}  // namespace

failure damaged(core::world_number world, std::uint64_t seq, const std::string& what,
                const std::string& expected, const std::string& found) {
  return {failure_kind::corrupt, "the history of world " + std::to_string(world) +
                                     " is damaged at seq " + std::to_string(seq) + ": " + what +
                                     " should be " + expected + ", is " + found +
                                     ": restore the data folder from a backup"};
}

commit_cursor::commit_cursor(const moment& in, reading how)
  : in_(in), world_(in.world()), it_(in.iterate(family::commits, options_for(how))) {}

std::optional<failure> commit_cursor::seek(std::uint64_t seq) {
  at_end_ = true;
  chain_before_ = in_.base().chain;
  tick_before_ = in_.base().tick;
  it_.seek_for_prev(seq_key(world_, seq));
  if (!it_.valid()) return check_iterator();
  if (auto why = load()) return why;
  if (last_seq() < seq) {
    chain_before_ = header().chain;
    tick_before_ = header().tick;
    return {};
  }

  if (auto why = look_before()) return why;
  if (auto why = check_chain()) return why;
  at_end_ = false;
  return {};
}

std::optional<failure> commit_cursor::next() {
  const std::uint64_t expected = last_seq() + 1;
  chain_before_ = header().chain;
  tick_before_ = header().tick;
  at_end_ = true;
  it_.next();
  if (!it_.valid()) return check_iterator();
  if (auto why = load()) return why;
  if (first_seq_ != expected)
    return damaged(world_, expected, "the next commit's first seq", std::to_string(expected),
                   std::to_string(first_seq_));
  if (auto why = check_chain()) return why;
  at_end_ = false;
  return {};
}

std::optional<failure> commit_cursor::load() {
  if (it_.key().size() != seq_key_bytes)
    return damaged(world_, last_seq() + 1, "a commit's key", "12 bytes long",
                   std::to_string(it_.key().size()));
  first_seq_ = seq_of(it_.key());
  const auto commit = decode_commit(view_of(it_.value()));
  if (!commit) return damaged(world_, first_seq_, "the commit's head", "of a known version", "not");
  commit_ = *commit;
  return {};
}

std::optional<failure> commit_cursor::check_chain() {
  const chain_value expected = chain_of(view_of(it_.value()), chain_before_, scratch_);
  if (expected == header().chain) return {};
  return damaged(world_, first_seq_, "the chain of the commit", to_hex(expected),
                 to_hex(header().chain));
}

/// The chain and the tick of the commit before this one; the iterator comes back to this one.
std::optional<failure> commit_cursor::look_before() {
  const std::uint64_t here = first_seq_;
  const history_base& base = in_.base();
  chain_before_ = base.chain;
  tick_before_ = base.tick;
  if (here == base.seq + 1) return {};
  it_.prev();
  if (!it_.valid()) {
    if (auto why = check_iterator()) return why;
    return damaged(world_, base.seq + 1, "the first commit", "there", "missing");
  }
  if (auto why = load()) return why;
  if (last_seq() + 1 != here)
    return damaged(world_, last_seq() + 1, "the next commit's first seq",
                   std::to_string(last_seq() + 1), std::to_string(here));
  chain_before_ = header().chain;
  tick_before_ = header().tick;
  it_.next();
  if (!it_.valid()) {
    if (auto why = check_iterator()) return why;
    return damaged(world_, here, "the commit", "there", "missing");
  }
  return load();
}

std::optional<failure> commit_cursor::check_iterator() const {
  const auto status = it_.status();
  if (status.ok()) return {};
  return in_.of().to_failure("cannot read the history of world " + std::to_string(world_), status);
}

}  // namespace unscripted::storage
