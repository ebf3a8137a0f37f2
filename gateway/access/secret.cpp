#include "gateway/access/secret.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <sys/random.h>

namespace unscripted::gateway {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

void fill_with_chance(std::span<std::uint8_t> bytes) {
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::getrandom(bytes.data() + have, bytes.size() - have, 0);
    if (got < 0 && errno != EINTR) std::abort();
    if (got > 0) have += static_cast<std::size_t>(got);
  }
}

}  // namespace

secret random_secret() {
  secret made{};
  fill_with_chance(made);
  return made;
}

digest random_key() {
  digest made{};
  fill_with_chance(made);
  return made;
}

digest digest_of(const secret& s) {
  digest out{};
  unsigned size = 0;
  // Fails for want of memory only.
  if (EVP_Digest(s.data(), s.size(), out.data(), &size, EVP_sha256(), nullptr) != 1) std::abort();
  return out;
}

secret sign(const digest& key, std::string_view text) {
  digest whole{};
  unsigned size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(),
            whole.data(), &size))
    std::abort();
  secret half;
  std::copy_n(whole.begin(), half.size(), half.begin());
  return half;
}

bool are_equal(const digest& a, const digest& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool are_equal(const secret& a, const secret& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t b : bytes) {
    text.push_back(digits[b >> 4]);
    text.push_back(digits[b & 15]);
  }
  return text;
}

bool read_hex(std::string_view text, std::span<std::uint8_t> bytes) {
  if (text.size() != 2 * bytes.size()) return false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto high = digits.find(text[2 * i]), low = digits.find(text[2 * i + 1]);
    if (high == digits.npos || low == digits.npos) return false;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

}  // namespace unscripted::gateway
