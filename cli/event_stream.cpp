#include "cli/event_stream.hpp"

#include "cli/token.hpp"
#include "gateway/json_writer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace unscripted::cli {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds again_after{1}, quiet_after{2};
constexpr std::size_t line_bytes_max = std::size_t{512} << 20;  // a snapshot of a crowded world
constexpr std::uint64_t world_id = 1, subscribe_id = 2, question_id = 3;  // of the requests

std::string get_world(std::uint64_t id, const std::string& world) {
  std::string line;
  gateway::json_writer get(line);
  get.begin_object().member("id", id).member("method", "world.get").key("params");
  get.begin_object().member("world", world).end_object().end_object();
  return line + '\n';
}

}  // namespace

event_stream::event_stream(asio::io_context& io, address where, const std::string& world,
                           const std::string& wish, calls to)
  : resolver_(io), socket_(tcp::socket(io)), timer_(io), where_(std::move(where)),
    requests_(greeting() + get_world(world_id, world)), question_(get_world(question_id, world)),
    call_(std::move(to)) {
  gateway::json_writer subscribe(requests_);
  subscribe.begin_object().member("id", subscribe_id).member("method", "subscribe").key("params");
  subscribe.begin_object().raw(wish).end_object().end_object();
  requests_ += '\n';
}

void event_stream::end() {
  is_ended_ = true;
  error_code ignored;
  timer_.cancel();
  resolver_.cancel();
  socket_.next_layer().close(ignored);
}

void event_stream::connect() {
  in_.clear();
  socket_ = channel(tcp::socket(timer_.get_executor()));
  is_connecting_ = true;
  timer_.expires_after(connect_timeout);
  timer_.async_wait([this](error_code error) {
    if (error || is_ended_ || !is_connecting_) return;
    resolver_.cancel();
    error_code ignored;
    socket_.next_layer().close(ignored);
  });
  resolver_.async_resolve(where_.host, std::to_string(where_.port),
                          [this](error_code error, const tcp::resolver::results_type& found) {
    if (error) return lose(no_server_at(where_, error.message()).what());
    resolved(found);
  });
}

void event_stream::resolved(const tcp::resolver::results_type& found) {
  asio::async_connect(socket_.next_layer(), found, [this](error_code error, const tcp::endpoint&) {
    if (error) return lose(no_server_at(where_, error.message()).what());
    if (where_.tls) return shake_hands();
    connected();
  });
}

void event_stream::shake_hands() {
  prepare_tls(socket_, where_);
  socket_.tls()->async_handshake(asio::ssl::stream_base::client, [this](error_code error) {
    if (error) return lose(no_server_at(where_, in_words(error, where_)).what());
    connected();
  });
}

void event_stream::connected() {
  is_connecting_ = false;
  timer_.cancel();
  asio::async_write(socket_, asio::buffer(requests_), [this](error_code error, std::size_t) {
    if (error) return lose("the connection to the server is lost: " + error.message());
    read();
  });
}

void event_stream::read() {
  asio::async_read_until(socket_, asio::dynamic_buffer(in_, line_bytes_max), '\n',
                         [this](error_code error, std::size_t size) {
    if (error) return lose("the connection to the server is lost: " + error.message());
    const auto line = in_.substr(0, size);
    in_.erase(0, size);
    take(line);
    if (!is_ended_) read();
  });
}

void event_stream::take(const std::string& line) {
  simdjson::dom::element parsed, part;
  if (parser_.parse(line).get(parsed) != simdjson::SUCCESS) {
    throw failed("the server sent what is not JSON: " + line.substr(0, 200));
  }
  if (parsed["method"].error() == simdjson::SUCCESS) {
    call_.on_event(parsed);
    return expect_more();
  }
  if (parsed["error"].get(part) == simdjson::SUCCESS) return call_.on_refusal(read_refusal(part));
  const bool is_world = answer_id(parsed) == world_id;
  if (is_world && parsed["result"].get(part) == simdjson::SUCCESS) call_.on_world(part);
}

/// An answer is not waited for: only a refusal says anything new.
void event_stream::expect_more() {
  if (is_ended_ || is_asking_) return;
  timer_.expires_after(quiet_after);
  timer_.async_wait([this](error_code error) {
    if (error || is_ended_ || is_asking_) return;
    is_asking_ = true;
    asio::async_write(socket_, asio::buffer(question_),
                      [this](error_code, std::size_t) { is_asking_ = false; });
  });
}

void event_stream::lose(const std::string& why) {
  if (is_ended_) return;
  is_connecting_ = false;
  error_code ignored;
  socket_.next_layer().close(ignored);
  call_.on_loss(why);
  if (is_ended_) return;
  timer_.expires_after(again_after);
  timer_.async_wait([this](error_code error) {
    if (!error && !is_ended_) connect();
  });
}

}  // namespace unscripted::cli
