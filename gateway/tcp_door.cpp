#include "gateway/tcp_door.hpp"

#include "gateway/admission.hpp"

#include <chrono>

namespace unscripted::gateway {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto sweep_every = 1s;

}  // namespace

tcp_door::tcp_door(hub& shared, asio::io_context& io)
  : hub_(shared), listener_(io, "--tcp"), watch_(io), sweep_(io) {}

std::optional<std::string> tcp_door::open(const std::string& host, std::uint16_t port) {
  auto why = listener_.open(host, port, [this](listener::socket s) { admit(std::move(s)); });
  if (!why) sweep();
  return why;
}

void tcp_door::admit(listener::socket s) {
  auto admitted = gateway::admit(hub_, s);
  if (const auto* why = std::get_if<std::string>(&admitted)) return refuse(std::move(s), *why);
  auto session = std::make_shared<tcp_session>(hub_, watch_, std::move(s),
                                               std::get<addresses::visit>(std::move(admitted)));
  sessions_.insert(session);
  session->start([this, key = std::weak_ptr{session}] { sessions_.erase(key.lock()); });
}

// Not to be read by who speaks TLS: it sees the connection end.
void tcp_door::refuse(listener::socket s, const std::string& why) {
  ++hub_.counters.tcp.refused_total;
  if (hub_.tls != nullptr) return;
  std::string line;
  actors::ticket nobody;
  nobody.id = "null";
  hub_.encode->answer(line, nobody, core::problem{core::errc::overloaded, why, {}}, nullptr);
  error_code ignored;
  s.non_blocking(true, ignored);
  s.write_some(asio::buffer(line), ignored);
}

void tcp_door::sweep() {
  sweep_.expires_after(sweep_every);
  sweep_.async_wait([this](error_code stopped) {
    if (stopped) return;
    const auto now = tcp_session::clock::now();
    const std::vector all(sessions_.begin(), sessions_.end());  // those that end leave the set
    for (const auto& s : all) s->tend(now);
    sweep();
  });
}

void tcp_door::close() {
  listener_.close();
  sweep_.cancel();
  for (const auto& s : sessions_) s->fall_silent();
  watch_.close();
}

}  // namespace unscripted::gateway
