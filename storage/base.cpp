#include "storage/base.hpp"

#include "core/bytes.hpp"

#include <cstring>
#include <limits>

namespace unscripted::storage {

namespace {

constexpr std::uint8_t base_format = 1;

}  // namespace

void encode_base(const history_base& base, std::string& out) {
  out.clear();
  core::byte_writer writer(out);
  writer.u8(base_format);
  out.append(base.chain.data(), base.chain.size());
  writer.u64(base.state_hash);
  writer.varint(base.seq);
  writer.varint(base.tick);
  writer.varint(base.commits_gone);
  writer.zigzag(base.snapshots_gone);
  writer.varint(base.parent);
  writer.varint(base.parent_seq);
}

std::optional<history_base> decode_base(std::string_view bytes) {
  history_base base;
  const std::size_t fixed = 1 + base.chain.size();
  if (bytes.size() < fixed || static_cast<std::uint8_t>(bytes.front()) != base_format)
    return std::nullopt;
  std::memcpy(base.chain.data(), bytes.data() + 1, base.chain.size());
  core::byte_reader in(bytes.substr(fixed));
  base.state_hash = in.u64();
  base.seq = in.varint();
  base.tick = in.varint();
  base.commits_gone = in.varint();
  base.snapshots_gone = in.zigzag();
  const std::uint64_t parent = in.varint();
  base.parent_seq = in.varint();
  if (!in.ok() || !in.at_end() || parent > std::numeric_limits<core::world_number>::max())
    return std::nullopt;
  base.parent = static_cast<core::world_number>(parent);
  return base;
}

}  // namespace unscripted::storage
