#include "gateway/listener.hpp"

#include "gateway/addresses.hpp"

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace unscripted::gateway {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto accept_pause = 100ms;  // when files ran out: no busy loop

// A machine that vanished without a word would hold its place, and its bots, for ever: the kernel
// asks for a sign of life after two quiet minutes, and ends the connection a minute later.
void notice_silence(tcp::socket& s) {
  constexpr int on = 1, quiet_s = 120, between_s = 15, asked = 4;
  const auto set = [&](int level, int name, const int& value) {
    ::setsockopt(s.native_handle(), level, name, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, on);
  set(IPPROTO_TCP, TCP_KEEPIDLE, quiet_s);
  set(IPPROTO_TCP, TCP_KEEPINTVL, between_s);
  set(IPPROTO_TCP, TCP_KEEPCNT, asked);
}

}  // namespace

listener::listener(asio::io_context& io, std::string option)
  : io_(io), acceptor_(io), pause_(io), option_(std::move(option)) {}

std::string listener::in_words(const std::string& host, std::uint16_t port,
                               const error_code& why) const {
  const std::string where = host + ":" + std::to_string(port);
  if (why == asio::error::address_in_use)
    return "port " + std::to_string(port) + " on " + host +
           " is in use: stop what listens there, or choose another port with " + option_;
  if (why == asio::error::access_denied)
    return "no permission to listen on " + where + ": choose a port above 1023 with " + option_;
  return "cannot listen on " + where + ": " + why.message();
}

std::optional<std::string> listener::open(const std::string& host, std::uint16_t port,
                                          admission admit) {
  error_code why;
  tcp::resolver resolver{io_};
  const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, why);
  if (why || found.empty())
    return "cannot listen on " + host + ": it is not an address of this machine (" + why.message() +
           ")";
  const tcp::endpoint where = found.begin()->endpoint();
  acceptor_.open(where.protocol(), why);
  if (!why) acceptor_.set_option(tcp::acceptor::reuse_address{true}, why);
  if (!why) acceptor_.bind(where, why);
  if (!why) acceptor_.listen(1024, why);
  if (why) return in_words(host, port, why);
  port_ = acceptor_.local_endpoint().port();
  admit_ = std::move(admit);
  accept();
  return std::nullopt;
}

void listener::accept() {
  acceptor_.async_accept([this](error_code error, socket s) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (!error) {
      notice_silence(s);
      admit_(std::move(s));
      return accept();
    }
    pause_.expires_after(accept_pause);
    pause_.async_wait([this](error_code stopped) {
      if (!stopped) accept();
    });
  });
}

void listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

std::string address_of(const asio::ip::tcp::socket& s) {
  error_code why;
  const auto peer = s.remote_endpoint(why).address();
  return why ? "unknown" : network_of(peer);
}

bool is_local(const asio::ip::tcp::socket& s) {
  error_code why;
  const auto peer = s.remote_endpoint(why).address();
  if (why) return false;
  if (peer.is_v6() && peer.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, peer.to_v6()).is_loopback();
  return peer.is_loopback();
}

}  // namespace unscripted::gateway
