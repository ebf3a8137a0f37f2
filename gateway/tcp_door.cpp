#include "gateway/tcp_door.hpp"

#include <boost/asio/ip/address.hpp>

#include <chrono>

namespace unscripted::gateway {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto accept_pause = 100ms;  // when files ran out: no busy loop
constexpr auto sweep_every = 1s;
constexpr auto patience = 10s;  // with a peer that reads nothing

std::string in_words(const std::string& host, std::uint16_t port, const error_code& why) {
  const std::string where = host + ":" + std::to_string(port);
  if (why == asio::error::address_in_use)
    return "port " + std::to_string(port) + " on " + host +
           " is in use: stop what listens there, or choose another port with --tcp";
  if (why == asio::error::access_denied)
    return "no permission to listen on " + where + ": choose a port above 1023 with --tcp";
  return "cannot listen on " + where + ": " + why.message();
}

}  // namespace

tcp_door::tcp_door(hub& shared, asio::io_context& io)
  : hub_(shared), io_(io), acceptor_(io), pause_(io), sweep_(io) {}

std::optional<std::string> tcp_door::open(const std::string& host, std::uint16_t port) {
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
  accept();
  sweep();
  return std::nullopt;
}

void tcp_door::accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket s) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (!error) {
      admit(std::move(s));
      return accept();
    }
    pause_.expires_after(accept_pause);
    pause_.async_wait([this](error_code stopped) {
      if (!stopped) accept();
    });
  });
}

void tcp_door::admit(tcp::socket s) {
  if (sessions_.size() >= hub_.limits.sessions) {
    std::string line;
    actors::ticket nobody;
    nobody.id = "null";
    hub_.encode->answer(
        line, nobody,
        core::problem{core::errc::overloaded, "the server has as many connections as it takes", {}},
        nullptr);
    error_code ignored;
    s.non_blocking(true, ignored);
    s.write_some(asio::buffer(line), ignored);
    return;
  }
  auto session = std::make_shared<tcp_session>(hub_, std::move(s));
  sessions_.insert(session);
  session->start([this, key = std::weak_ptr{session}] { sessions_.erase(key.lock()); });
}

void tcp_door::sweep() {
  sweep_.expires_after(sweep_every);
  sweep_.async_wait([this](error_code stopped) {
    if (stopped) return;
    const auto now = tcp_session::clock::now();
    const auto all = sessions_;
    for (const auto& s : all)
      if (s->is_stuck(now, patience)) s->stop();
    sweep();
  });
}

void tcp_door::close() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  sweep_.cancel();
  for (const auto& s : sessions_) s->fall_silent();
}

}  // namespace unscripted::gateway
