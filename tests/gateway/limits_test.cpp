#include "gateway/addresses.hpp"
#include "gateway/exposure.hpp"
#include "gateway/slow_peer.hpp"

#include <catch2/catch.hpp>

using namespace unscripted;
using namespace unscripted::gateway;
using namespace std::chrono_literals;

namespace {

boost::asio::ip::address at(const std::string& text) { return boost::asio::ip::make_address(text); }

using time_point = std::chrono::steady_clock::time_point;
constexpr std::size_t kib = 1024;

}  // namespace

TEST_CASE("a rate grants its burst at once, then as much as time brings") {
  actors::rate_gate gate;
  const actors::rate r{10, 5};
  const time_point start{1h};
  for (int i = 0; i < 5; ++i) CHECK_FALSE(gate.take(r, 1, start));
  const auto wait = gate.take(r, 1, start);
  REQUIRE(wait);
  CHECK(*wait == 100ms);
  CHECK(gate.take(r, 1, start + 99ms));
  CHECK_FALSE(gate.take(r, 1, start + 100ms));
  CHECK(gate.take(r, 1, start + 100ms));
  for (int i = 0; i < 5; ++i) CHECK_FALSE(gate.take(r, 1, start + 10s));
  CHECK(gate.take(r, 1, start + 10s));
}

TEST_CASE("more than the burst is granted only to who owes nothing") {
  actors::rate_gate gate;
  const actors::rate r{1, 2};
  const time_point start{1h};
  CHECK_FALSE(gate.take(r, 10, start));
  CHECK(gate.take(r, 1, start));
  CHECK(gate.take(r, 10, start + 9s));
  CHECK_FALSE(gate.take(r, 10, start + 10s));
}

TEST_CASE("what was charged is waited for") {
  actors::rate_gate gate;
  const actors::rate r{1, 10};
  const time_point start{1h};
  gate.charge(r, 10, start);
  CHECK_FALSE(gate.wait(r, start));
  gate.charge(r, 5, start);
  CHECK(gate.wait(r, start) == 5s);
  CHECK_FALSE(gate.owes_nothing(start + 14s));
  CHECK(gate.owes_nothing(start + 15s));
}

TEST_CASE("connections are counted by address, those of one IPv6 network together") {
  addresses table;
  limits most;
  most.sessions_per_address = 2;
  auto first = table.admit(at("192.0.2.1"), most);
  auto second = table.admit(at("::ffff:192.0.2.1"), most);
  REQUIRE((first && second));
  CHECK(first->from() == second->from());
  CHECK_FALSE(table.admit(at("192.0.2.1"), most));
  CHECK(table.admit(at("192.0.2.2"), most));
  second.reset();
  CHECK(table.admit(at("192.0.2.1"), most));

  const auto six = table.admit(at("2001:db8::1"), most);
  const auto neighbour = table.admit(at("2001:db8::ffff:1"), most);
  const auto stranger = table.admit(at("2001:db8:0:1::1"), most);
  REQUIRE((six && neighbour && stranger));
  CHECK(six->from() == neighbour->from());
  CHECK(six->from() != stranger->from());
}

TEST_CASE("addresses that nobody comes from are forgotten") {
  addresses table;
  const limits most;
  for (int i = 0; i < 10'000; ++i)
    CHECK(table.admit(boost::asio::ip::address_v4(static_cast<unsigned>(i)), most));
  CHECK(table.size() <= 128);
}

TEST_CASE("a peer is too slow where it takes hardly anything of what waits for it") {
  slow_reader reader;
  const time_point start{1h};
  std::uint64_t taken = 0;
  const auto look = [&](int second, std::size_t unread) {
    return reader.is_too_slow(start + std::chrono::seconds{second}, 10s, unread, taken);
  };
  CHECK_FALSE(look(0, 0));
  for (int s = 1; s < 9; ++s) CHECK_FALSE(look(s, kib));
  CHECK(look(9, kib));  // before ten seconds are over

  // One that takes enough, however long it has more to take.
  CHECK_FALSE(look(10, 0));
  for (int s = 11; s < 100; ++s) {
    taken += 4 * kib;
    CHECK_FALSE(look(s, 100 * kib));
  }
  // One that takes a byte now and then.
  bool is_slow = false;
  for (int s = 100; s < 120; ++s) {
    ++taken;
    is_slow = is_slow || look(s, 100 * kib);
  }
  CHECK(is_slow);
}

TEST_CASE("a server is exposed where any of its doors is") {
  server_options options;
  CHECK_FALSE(exposed_address(options));
  options.tcp_host = "localhost";
  options.http = http_options{};
  CHECK_FALSE(exposed_address(options));
  options.http->host = "0.0.0.0";
  CHECK(exposed_address(options) == "--http 0.0.0.0:8000");
  options.tcp_host = "::";
  CHECK(exposed_address(options) == "--tcp [::]:4000");
  options.tcp_host = "127.0.0.2";
  options.http.reset();
  CHECK_FALSE(exposed_address(options));
}

TEST_CASE("what protects a server is TLS and tokens, both") {
  server_options options;
  CHECK(missing_protection(options) == "TLS (--tls-cert and --tls-key) and tokens (--tokens)");
  options.tls = tls_files{};
  CHECK(missing_protection(options) == "tokens (--tokens)");
  options.requires_tokens = true;
  CHECK(missing_protection(options).empty());
}
