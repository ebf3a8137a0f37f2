#include "storage/head.hpp"

#include "core/bytes.hpp"

#include <cstring>

namespace unscripted::storage {

namespace {

constexpr std::uint8_t head_format = 1;

}  // namespace

void encode_head(const history_head& head, std::string& out) {
  out.clear();
  core::byte_writer writer(out);
  writer.u8(head_format);
  out.append(head.chain.data(), head.chain.size());
  writer.u64(head.state_hash);
  writer.varint(head.last_seq);
  writer.varint(head.tick);
  writer.varint(head.commit_count);
  writer.varint(head.snapshot_seq);
  writer.varint(head.snapshot_count);
}

std::optional<history_head> decode_head(std::string_view bytes) {
  history_head head;
  const std::size_t fixed = 1 + head.chain.size();
  if (bytes.size() < fixed || static_cast<std::uint8_t>(bytes.front()) != head_format)
    return std::nullopt;
  std::memcpy(head.chain.data(), bytes.data() + 1, head.chain.size());
  core::byte_reader in(bytes.substr(fixed));
  head.state_hash = in.u64();
  head.last_seq = in.varint();
  head.tick = in.varint();
  head.commit_count = in.varint();
  head.snapshot_seq = in.varint();
  head.snapshot_count = in.varint();
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return head;
}

}  // namespace unscripted::storage
