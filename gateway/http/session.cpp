#include "gateway/http/session.hpp"

#include "gateway/http/metrics.hpp"
#include "gateway/listener.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <chrono>

namespace unscripted::gateway {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace std::chrono_literals;

constexpr auto reading_max = 10s;  // from a request's first byte to its last
constexpr auto writing_max = 30s;
constexpr auto lingering_max = 2s;  // until the peer has read why the connection ends
constexpr std::size_t first_read_bytes = 4096;
constexpr std::size_t drained_bytes_max = 1024UL * 1024;

core::problem no_bearer() {
  return {
      core::errc::unauthorized,
      "this server wants a token: send it as `Authorization: Bearer TOKEN`, never in the address",
      {}};
}

constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

http_session::http_session(const site& of, socket s, addresses::visit from)
  : site_(of), counted_(std::in_place, of.shared().counters.http), from_(std::move(from)),
    stream_(web_socket_layer{std::move(s)}), executor_(stream_.get_executor()),
    buffer_(header_bytes_max + of.shared().limits.line_bytes) {
  error_code ignored;
  layer().socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
}

void http_session::start(owner told) {
  told_ = std::move(told);
  if (gate* g = site_.shared().gate) stranger_.emplace(*g, address_of(layer().socket()));
  if (site_.shared().tls != nullptr) shake_hands();
  else await_request();
}

void http_session::shake_hands() {
  stream_.use_tls(*site_.shared().tls);
  layer().expires_after(site_.shared().limits.handshake);
  stream_.tls()->async_handshake(asio::ssl::stream_base::server,
                                 [self = shared_from_this()](error_code error) {
    if (self->is_stopped_) return;
    if (error) return self->stop();
    self->await_request();
  });
}

void http_session::stop() {
  if (is_stopped_) return;
  fall_silent();
  error_code ignored;
  layer().socket().shutdown(socket::shutdown_both, ignored);
  layer().close();
  if (told_.ended) std::exchange(told_, {}).ended();
}

void http_session::fall_silent() {
  is_stopped_ = true;
  stranger_.reset();
  if (rpc_) rpc_->close();
  if (v1_) v1_->close();
  rpc_.reset();
  v1_.reset();
  layer().cancel();
}

template <class Work>
void http_session::later(Work work) {
  asio::post(executor_, [self = shared_from_this(), work = std::move(work)]() mutable {
    if (!self->is_stopped_) work(*self);
  });
}

// -- in ------------------------------------------------------------------------------------------

void http_session::await_request() {
  if (buffer_.size() > 0) return read_header();  // it was sent ahead
  layer().expires_after(stranger_ ? stranger_patience : request_gap_max);
  stream_.async_read_some(buffer_.prepare(first_read_bytes),
                          [self = shared_from_this()](error_code error, std::size_t size) {
    if (self->is_stopped_) return;
    if (error) return self->stop();
    self->buffer_.commit(size);
    self->read_header();
  });
}

void http_session::read_header() {
  parser_.emplace();
  parser_->header_limit(header_bytes_max);
  parser_->body_limit(site_.shared().limits.line_bytes);
  layer().expires_after(reading_max);
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](error_code error, std::size_t size) {
    if (self->is_stopped_) return;
    if (error) return self->refuse_unread(error);
    self->counted_->received(size);
    self->read_bearer();
  });
}

void http_session::read_bearer() {
  who_.reset();
  gate* const g = site_.shared().gate;
  if (!g) return invite_body();
  const http_request& asked = parser_->get();
  const auto shown = bearer_of(asked);
  if (!shown) {
    if (site::needs_token(asked)) return refuse_bearer(no_bearer());
    return invite_body();
  }
  auto found = g->tokens().find(*shown);
  if (found) {
    who_ = *std::move(found);
    stranger_.reset();
    return invite_body();
  }
  layer().expires_never();
  g->note_failure(address_of(layer().socket()),
                  [weak = weak_from_this(), why = std::move(found.why())] {
    const auto self = weak.lock();
    if (self && !self->is_stopped_) self->refuse_bearer(why);
  });
}

// The body is not read: the connection ends.
void http_session::refuse_bearer(const core::problem& why) {
  asked_ = {};
  asked_.version(11);
  reply refusal = error_reply(401, why.message)
                      .with(http::field::www_authenticate, "Bearer realm=\"unscripted\"");
  refusal.ends_connection = true;
  send(std::move(refusal));
}

// Some clients ask whether they may send the body.
void http_session::invite_body() {
  if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) return read_body();
  asio::async_write(stream_, asio::buffer(go_on),
                    [self = shared_from_this()](error_code error, std::size_t) {
    if (self->is_stopped_) return;
    if (error) return self->stop();
    self->read_body();
  });
}

void http_session::read_body() {
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](error_code error, std::size_t size) {
    if (self->is_stopped_) return;
    if (error) return self->refuse_unread(error);
    self->counted_->received(size);
    self->asked_ = self->parser_->release();
    self->carry_out();
  });
}

// What could not be read to its end is answered where the peer may still listen.
void http_session::refuse_unread(const error_code& why) {
  if (why == http::error::end_of_stream || why == beast::error::timeout ||
      why.category() != http::make_error_code(http::error::end_of_stream).category())
    return stop();
  asked_ = {};
  asked_.version(11);
  reply refusal = error_reply(400, "this is no HTTP request: " + why.message());
  if (why == http::error::header_limit)
    refusal = error_reply(431, "the header of a request may have at most 8 KiB");
  if (why == http::error::body_limit || why == http::error::buffer_overflow)
    refusal = error_reply(413, "the body of a request may have at most " +
                                   std::to_string(site_.shared().limits.line_bytes) + " bytes");
  refusal.ends_connection = true;
  send(std::move(refusal));
}

// -- answers -------------------------------------------------------------------------------------

void http_session::carry_out() {
  if (auto refusal = site_.refuse(asked_)) return send(*std::move(refusal));
  if (auto refusal = site_.forbid(asked_, who_.get())) return send(*std::move(refusal));
  layer().expires_never();  // while a world or the archive answers
  const place where = site::find(view_of(asked_.target()));
  const bool is_socket = where == place::web_socket || where == place::v1;
  if (is_socket && beast::websocket::is_upgrade(asked_)) return become_web_socket();
  switch (where) {
    case place::rpc: return ask_conversation();
    case place::v1: return ask_v1();
    case place::metrics: return ask_metrics();
    default: return send(site_.answer(asked_, who_ != nullptr));
  }
}

void http_session::ask_conversation() {
  if (!rpc_) {
    // Neither is called once the session has stopped, which closes the line.
    rpc_line::ways back{executor_, {}, {}, address_of(layer().socket()), from_->from()};
    back.answer = [this](std::string line) {
      if (line.empty()) return send({204, {}, {}});
      send(json_reply(200, std::move(line)));
    };
    back.drop = [this] { stop(); };
    rpc_ = rpc_line::open(site_.shared(), std::move(back));
  }
  rpc_->take(std::move(asked_.body()), who_);
}

void http_session::ask_v1() {
  if (!v1_) {
    const auto self = weak_from_this();
    const auto later_if_there = [self](auto work) {
      if (const auto there = self.lock()) there->later(std::move(work));
    };
    v1_ = v1::open(
        site_.shared(),
        [later_if_there](v1::reply r) {
      later_if_there([r = std::move(r)](http_session& s) mutable {
        s.send(json_reply(r.status, std::move(r.json)));
      });
        },
        [later_if_there] { later_if_there([](http_session& s) { s.stop(); }); });
  }
  v1_->take({std::string{view_of(asked_.method_string())},
             site::v1_target(view_of(asked_.target())), std::move(asked_.body()),
             is_local(layer().socket()), who_ ? address_of(layer().socket()) : std::string{}, who_,
             from_->from()});
}

void http_session::ask_metrics() {
  const bool taken = site_.shared().archive->post(effort::quick, [self = shared_from_this()] {
    self->later([text = metrics_text(self->site_.shared())](http_session& s) mutable {
      s.send({200, "text/plain; version=0.0.4; charset=utf-8", std::move(text)});
    });
  });
  if (!taken) send(error_reply(503, "too much is asked at once: try again later"));
}

void http_session::become_web_socket() {
  if (buffer_.size() > 0)
    return send(error_reply(400, "a WebSocket client sends no frames before it is answered"));
  const auto kind = site::find(view_of(asked_.target())) == place::v1 ? spoken::v1 : spoken::bots;
  fall_silent();
  counted_.reset();
  layer().expires_never();
  auto& bytes = layer().rate_policy();
  bytes.take_received();  // counted as HTTP
  bytes.take_sent();
  bytes.end_reading();
  auto made = std::make_shared<web_socket_session>(site_.shared(), std::move(stream_),
                                                   std::move(*from_), kind, who_);
  auto told = std::exchange(told_, {});
  told.became_web_socket(made);
  made->accept(std::move(asked_));
}

void http_session::send(reply r) {
  if (site_.shared().stopping) r.ends_connection = true;
  answer_ = to_response(std::move(r), asked_);
  layer().expires_after(writing_max);
  http::async_write(stream_, answer_,
                    [self = shared_from_this()](error_code error, std::size_t size) {
    if (self->is_stopped_) return;
    self->counted_->sent(size);
    if (error) return self->stop();
    if (!self->answer_.keep_alive()) return self->linger();
    self->answer_ = {};
    self->await_request();
  });
}

// Closing a socket with unread bytes in it would reset the connection, and the peer might lose the
// answer: what it still sends is read and dropped for a while.
void http_session::linger() {
  layer().expires_after(lingering_max);
  auto* const tls = stream_.tls();
  const bool is_all_read = parser_ && parser_->is_done();
  if (tls && is_all_read)
    return tls->async_shutdown([self = shared_from_this()](error_code) { self->stop(); });
  error_code ignored;
  if (!tls) layer().socket().shutdown(socket::shutdown_send, ignored);
  buffer_.clear();
  drain();
}

void http_session::drain() {
  stream_.async_read_some(buffer_.prepare(first_read_bytes),
                          [self = shared_from_this()](error_code error, std::size_t size) {
    if (self->is_stopped_) return;
    self->drained_ += size;
    if (error || self->drained_ > drained_bytes_max) return self->stop();
    self->drain();
  });
}

}  // namespace unscripted::gateway
