#include "storage/snapshot.hpp"

#include "core/bytes.hpp"
#include "core/codec.hpp"

#include <xxhash.h>

#include <cstring>

namespace unscripted::storage {

namespace {

constexpr std::uint8_t snapshot_format = 1;
constexpr std::size_t checked_begin = 1 + 8;  // behind the version and the checksum

decoded_snapshot unusable(std::string why) {
  decoded_snapshot snapshot;
  snapshot.why_not = std::move(why);
  return snapshot;
}

}  // namespace

std::string encode_snapshot(const core::world& w, const chain_value& chain) {
  std::string bytes(1, static_cast<char>(snapshot_format));
  bytes.resize(checked_begin);  // the checksum comes last
  bytes.append(chain.data(), chain.size());
  core::append_snapshot(bytes, w);

  std::string checksum;
  core::byte_writer(checksum).u64(
      XXH3_64bits(bytes.data() + checked_begin, bytes.size() - checked_begin));
  bytes.replace(1, checksum.size(), checksum);
  return bytes;
}

chain_value chain_of_state(const core::world& w) { return chain_hash(core::encode_snapshot(w)); }

decoded_snapshot decode_snapshot(std::string_view bytes) {
  core::byte_reader in(bytes);
  if (in.u8() != snapshot_format) return unusable("its format is not known");
  const std::uint64_t checksum = in.u64();
  decoded_snapshot snapshot;
  if (!in.ok() || in.left() < snapshot.chain.size()) return unusable("it is cut short");

  const std::string_view checked = bytes.substr(checked_begin);
  if (XXH3_64bits(checked.data(), checked.size()) != checksum)
    return unusable("its checksum does not fit its bytes");
  std::memcpy(snapshot.chain.data(), checked.data(), snapshot.chain.size());
  snapshot.world = core::decode_snapshot(checked.substr(snapshot.chain.size()));
  if (!snapshot.world) return unusable("it does not decode to a state with its hash");
  return snapshot;
}

}  // namespace unscripted::storage
