#include "storage/commit.hpp"

#include "core/bytes.hpp"

#include <xxhash.h>

#include <charconv>
#include <cstring>

namespace unscripted::storage {

namespace {

constexpr std::size_t chain_begin = 1;  // behind the version

// The version of a commit is the grammar of its records.
bool is_known(core::record_grammar version) {
  return version == core::record_grammar::in_order || version == core::record_grammar::heads_first;
}

void put_digit(std::string& out, unsigned digit) { out.push_back("0123456789abcdef"[digit & 15]); }

}  // namespace

chain_value chain_hash(std::string_view bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  chain_value chain;
  std::memcpy(chain.data(), canonical.digest, chain.size());
  return chain;
}

std::optional<chain_value> parse_chain(std::string_view text) {
  chain_value chain{};
  if (text.size() != 2 * chain.size()) return std::nullopt;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    std::uint8_t byte = 0;
    const auto two = text.substr(2 * i, 2);
    const auto end = two.data() + two.size();
    if (std::from_chars(two.data(), end, byte, 16).ptr != end) return std::nullopt;
    chain[i] = static_cast<char>(byte);
  }
  return chain;
}

std::string to_hex(const chain_value& chain) {
  std::string text;
  for (const char c : chain) {
    put_digit(text, static_cast<unsigned char>(c) >> 4u);
    put_digit(text, static_cast<unsigned char>(c));
  }
  return text;
}

std::string to_hex(std::uint64_t x) {
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) put_digit(text, static_cast<unsigned>(x >> shift));
  return text;
}

void commit_builder::add(const core::record& r, const core::catalogue_ptr& before) {
  if (count_ == 0) {
    first_seq_ = r.seq;
    catalogue_ = before;
  } else {
    is_contiguous_ = is_contiguous_ && r.seq == last_seq_ + 1;
  }
  core::byte_writer out(bytes_);
  core::encode(out, before.get(), r);
  last_seq_ = r.seq;
  ++count_;
}

void commit_builder::clear() {
  bytes_.clear();
  owners_.clear();
  catalogue_.reset();
  answers_.clear();
  forgotten_.clear();
  first_seq_ = last_seq_ = count_ = 0;
  is_contiguous_ = true;
}

void encode_commit(commit_header& header, const chain_value& previous, std::string_view records,
                   std::string& out) {
  out.clear();
  core::byte_writer writer(out);
  writer.u8(static_cast<std::uint8_t>(header.grammar));
  out.append(previous.data(), previous.size());
  writer.u64(header.state_hash);
  writer.u64(header.catalogue);
  writer.varint(static_cast<std::uint64_t>(header.wall_ms));
  writer.varint(header.tick);
  writer.varint(header.count);
  out.append(records);

  header.chain = chain_hash(out);
  std::memcpy(out.data() + chain_begin, header.chain.data(), header.chain.size());
}

std::optional<decoded_commit> decode_commit(std::string_view value) {
  decoded_commit commit;
  commit_header& header = commit.header;
  if (value.size() < chain_begin + header.chain.size()) return std::nullopt;
  header.grammar = static_cast<core::record_grammar>(value.front());
  if (!is_known(header.grammar)) return std::nullopt;
  std::memcpy(header.chain.data(), value.data() + chain_begin, header.chain.size());

  core::byte_reader in(value.substr(chain_begin + header.chain.size()));
  header.state_hash = in.u64();
  header.catalogue = in.u64();
  header.wall_ms = static_cast<std::int64_t>(in.varint());
  header.tick = in.varint();
  header.count = in.varint();
  if (!in.ok() || header.count == 0 || header.count > in.left()) return std::nullopt;
  commit.records = value.substr(value.size() - in.left());
  return commit;
}

chain_value chain_of(std::string_view value, const chain_value& previous, std::string& scratch) {
  scratch.assign(value);
  std::memcpy(scratch.data() + chain_begin, previous.data(), previous.size());
  return chain_hash(scratch);
}

}  // namespace unscripted::storage
