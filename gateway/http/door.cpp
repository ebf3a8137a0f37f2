#include "gateway/http/door.hpp"

#include "gateway/admission.hpp"
#include "gateway/json_writer.hpp"

#include <chrono>

namespace unscripted::gateway {

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto sweep_every = 1s;

// To somebody whose request is not read at all.
std::string write_refusal(const std::string& why) {
  std::string body;
  json_writer json{body};
  json.begin_object().key("error").begin_object().member("code", 503).member("message", why);
  json.end_object().end_object();
  body.push_back('\n');
  return "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

}  // namespace

http_door::http_door(hub& shared, asio::io_context& io, known_hosts hosts)
  : hub_(shared), site_(shared, std::move(hosts)), listener_(io, "--http"), sweep_(io) {}

http_door::~http_door() {
  for (const auto& s : web_sockets_) s->say_goodbye();
}

std::optional<std::string> http_door::open(const std::string& host, std::uint16_t port) {
  auto why = listener_.open(host, port, [this](listener::socket s) { admit(std::move(s)); });
  if (!why) sweep();
  return why;
}

void http_door::admit(listener::socket s) {
  auto admitted = gateway::admit(hub_, s);
  if (const auto* why = std::get_if<std::string>(&admitted)) return refuse(std::move(s), *why);
  auto session = std::make_shared<http_session>(site_, std::move(s),
                                                std::get<addresses::visit>(std::move(admitted)));
  sessions_.insert(session);
  http_session::owner told;
  const auto forget = [this, key = std::weak_ptr{session}] { sessions_.erase(key.lock()); };
  told.ended = forget;
  told.became_web_socket = [this, forget](const std::shared_ptr<web_socket_session>& w) {
    keep(w);
    forget();
  };
  session->start(std::move(told));
}

// Not to be read by who speaks TLS: it sees the connection end.
void http_door::refuse(listener::socket s, const std::string& why) {
  ++hub_.counters.http.refused_total;
  if (hub_.tls != nullptr) return;
  boost::system::error_code ignored;
  s.non_blocking(true, ignored);
  s.write_some(asio::buffer(write_refusal(why)), ignored);
}

void http_door::keep(const std::shared_ptr<web_socket_session>& s) {
  web_sockets_.insert(s);
  s->on_end([this, key = std::weak_ptr{s}] { web_sockets_.erase(key.lock()); });
}

void http_door::sweep() {
  sweep_.expires_after(sweep_every);
  sweep_.async_wait([this](boost::system::error_code stopped) {
    if (stopped) return;
    const auto now = web_socket_session::clock::now();
    const std::vector all(web_sockets_.begin(),
                          web_sockets_.end());  // those that end leave the set
    for (const auto& s : all) s->tend(now);
    sweep();
  });
}

void http_door::close() {
  listener_.close();
  sweep_.cancel();
  for (const auto& s : sessions_) s->fall_silent();
  for (const auto& s : web_sockets_) s->fall_silent();
}

}  // namespace unscripted::gateway
