// Keys in RocksDB: world numbers and sequences big-endian, so that the order of the bytes is the
// order of the numbers. Internal to storage.
#pragma once

#include "core/ids.hpp"

#include <rocksdb/slice.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace unscripted::storage {

inline constexpr std::size_t world_key_bytes = 4;
inline constexpr std::size_t seq_key_bytes = 12;

/// A key by value. Its slice is valid as long as it lives.
template <std::size_t Size>
struct fixed_key {
  std::array<char, Size> bytes{};

  rocksdb::Slice slice() const { return {bytes.data(), bytes.size()}; }
  operator rocksdb::Slice() const { return slice(); }
};

namespace detail {
inline void put_big_endian(char* out, std::uint64_t x, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(x >> (8 * (size - 1 - i)));
}

inline std::uint64_t get_big_endian(std::string_view in) {
  std::uint64_t x = 0;
  for (const char c : in) x = (x << 8) | static_cast<std::uint8_t>(c);
  return x;
}
}  // namespace detail

/// [world]; of `number` + 1 it ends the range of all keys of `number`.
inline fixed_key<world_key_bytes> world_key(core::world_number number) {
  fixed_key<world_key_bytes> key;
  detail::put_big_endian(key.bytes.data(), number, 4);
  return key;
}

/// [world][seq].
inline fixed_key<seq_key_bytes> seq_key(core::world_number number, std::uint64_t seq) {
  fixed_key<seq_key_bytes> key;
  detail::put_big_endian(key.bytes.data(), number, 4);
  detail::put_big_endian(key.bytes.data() + 4, seq, 8);
  return key;
}

/// "token/"[number].
inline fixed_key<14> token_key(std::uint64_t number) {
  fixed_key<14> key{{'t', 'o', 'k', 'e', 'n', '/'}};
  detail::put_big_endian(key.bytes.data() + 6, number, 8);
  return key;
}

/// "owner/"[world][bot]; of world `number` + 1 and bot 0 it ends the range of those of `number`.
inline fixed_key<18> owner_key(core::world_number number, core::serial bot) {
  fixed_key<18> key{{'o', 'w', 'n', 'e', 'r', '/'}};
  detail::put_big_endian(key.bytes.data() + 6, number, 4);
  detail::put_big_endian(key.bytes.data() + 10, bot, 8);
  return key;
}

/// [digest].
inline fixed_key<8> digest_key(std::uint64_t digest) {
  fixed_key<8> key;
  detail::put_big_endian(key.bytes.data(), digest, 8);
  return key;
}

/// The sequence of a seq_key(). `key` must be seq_key_bytes long.
inline std::uint64_t seq_of(const rocksdb::Slice& key) {
  return detail::get_big_endian({key.data() + 4, 8});
}

/// The number of a world_key(). `key` must be world_key_bytes long.
inline core::world_number world_of(const rocksdb::Slice& key) {
  return static_cast<core::world_number>(detail::get_big_endian({key.data(), 4}));
}

}  // namespace unscripted::storage
