// Where a server listens, as people write it: HOST:PORT.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unscripted::cli {

struct address {
  std::string host = "127.0.0.1";  // a name or a number; IPv6 without its brackets
  std::uint16_t port = 4000;
  // Not written in it:
  bool tls = false;
  std::string tls_ca = {};  // PEM file of who is trusted; empty: those whom the system trusts

  friend bool operator==(const address&, const address&) = default;
};

/// `HOST:PORT`, `[IPv6]:PORT` or `:PORT` (this machine); the port in 0..65535. Else nothing.
std::optional<address> parse_address(std::string_view text);

/// The form that parse_address() reads.
std::string to_string(const address& where);

}  // namespace unscripted::cli
