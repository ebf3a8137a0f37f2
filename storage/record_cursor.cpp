#include "storage/record_cursor.hpp"

#include "core/codec.hpp"
#include "storage/keys.hpp"

namespace unscripted::storage {

std::optional<failure> record_cursor::seek(std::uint64_t seq) {
  if (auto why = commits_.seek(seq)) return why;
  if (at_end()) return {};
  if (auto why = enter_commit()) return why;
  while (record_.seq < seq)
    if (auto why = next()) return why;
  return {};
}

std::optional<failure> record_cursor::next() {
  if (!is_last_of_commit()) return decode(record_.seq + 1);
  if (auto why = commits_.next()) return why;
  return at_end() ? std::nullopt : enter_commit();
}

std::optional<failure> record_cursor::enter_commit() {
  if (auto why = know_catalogue()) return why;
  bytes_ = core::byte_reader(commits_.records());
  record_.tick = commits_.tick_before();
  return decode(commits_.first_seq());
}

std::optional<failure> record_cursor::decode(std::uint64_t seq) {
  record_.seq = seq;
  if (!core::decode(bytes_, known_.get(), record_, commits_.header().grammar))
    return damaged(in_.world(), seq, "the record", "decodable", "not");
  for (const core::effect& e : record_.effects)
    if (e.type == core::effect_type::catalogued) known_ = e.catalogued();
  if (is_last_of_commit() && !bytes_.at_end())
    return damaged(in_.world(), seq, "the end of the commit", "behind its last record",
                   std::to_string(bytes_.left()) + " bytes further");
  return {};
}

/// Sets known_ to the catalogue before the commit.
std::optional<failure> record_cursor::know_catalogue() {
  const std::uint64_t digest = commits_.header().catalogue;
  if (digest == 0) return known_.reset(), std::nullopt;
  if (known_ && known_->digest() == digest) return {};
  const auto stored = in_.of().get(family::plugins, digest_key(digest));
  if (!stored) return stored.why();
  known_ = *stored ? core::decode_catalogue(**stored) : nullptr;
  if (!known_ || known_->digest() != digest)
    return damaged(in_.world(), commits_.first_seq(), "catalogue " + to_hex(digest),
                   "there, with that digest", *stored ? "damaged" : "missing");
  return {};
}

}  // namespace unscripted::storage
