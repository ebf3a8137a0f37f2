#include "gateway/http/web_socket.hpp"

#include "gateway/listener.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>

namespace unscripted::gateway {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using namespace std::chrono_literals;

constexpr std::size_t padding = simdjson::SIMDJSON_PADDING;
constexpr auto opening_max = 5s;
constexpr auto tended_every = 1s;
constexpr auto quiet_max = 25s;  // then it is asked whether it is there
constexpr auto silence_max = 60s;
// A close frame: the server is going away.
constexpr std::array<unsigned char, 4> goodbye = {0x88, 2, 1001 >> 8, 1001 & 0xff};

}  // namespace

web_socket_session::web_socket_session(hub& shared, web_stream s, addresses::visit from,
                                       spoken what, grant_ptr who)
  : hub_(shared), counted_(shared.counters.web_socket), from_(std::move(from)), what_(what),
    who_(std::move(who)),
    stream_(std::move(s)), in_(shared.limits.line_bytes + 1 + padding) {
  stream_.set_option(
      websocket::stream_base::timeout{opening_max, websocket::stream_base::none(), false});
  stream_.read_message_max(shared.limits.line_bytes);
  stream_.auto_fragment(false);
  stream_.text(true);
}

void web_socket_session::accept(http_request asked) {
  opening_ = std::move(asked);
  stream_.async_accept(opening_, [self = shared_from_this()](error_code error) {
    self->opening_ = {};
    if (self->is_stopped_) return;
    if (error) return self->stop();
    self->open();
  });
}

void web_socket_session::open() {
  stream_.control_callback([this](websocket::frame_type, beast::string_view) {
    heard_ = clock::now();
    is_pinging_ = false;
    beast::get_lowest_layer(stream_).rate_policy().end_reading();
  });
  if (what_ == spoken::bots) {
    talk_ = std::make_shared<conversation>(hub_, *this);
    if (who_) talk_->identify(who_);
    talk_->open();
  } else {
    const std::weak_ptr<web_socket_session> me = weak_from_this();
    const auto executor = stream_.get_executor();
    v1_ = v1::open(
        hub_,
        [me, executor](v1::reply r) {
      asio::post(executor, [me, r = std::move(r)]() mutable {
        if (const auto self = me.lock()) self->answer_v1(std::move(r));
      });
        },
        [me] {
      if (const auto self = me.lock()) self->drop({});
    });
  }
  heard_ = clock::now();
  read();
}

void web_socket_session::stop() {
  if (is_stopped_) return;
  fall_silent();
  auto& lowest = beast::get_lowest_layer(stream_);
  error_code ignored;
  lowest.socket().shutdown(asio::socket_base::shutdown_both, ignored);
  lowest.close();
  if (on_end_) std::exchange(on_end_, {})();
}

void web_socket_session::fall_silent() {
  if (is_stopped_) return;
  is_stopped_ = true;
  if (talk_) talk_->close();
  if (v1_) v1_->close();
  {
    const std::lock_guard lock{out_mutex_};
    is_closed_ = true;
  }
  count();
  beast::get_lowest_layer(stream_).cancel();
}

void web_socket_session::say_goodbye() {
  const bool is_open = talk_ || v1_;
  if (backlog() > 0 || is_closing_ || !is_open) return;
  error_code ignored;
  beast::get_lowest_layer(stream_).socket().non_blocking(true, ignored);
  if (!ignored) stream_.next_layer().write_some(asio::buffer(goodbye), ignored);
}

// -- in ------------------------------------------------------------------------------------------

bool web_socket_session::may_take() const { return talk_ ? talk_->may_take() : !v1_owes_; }

void web_socket_session::read() {
  if (is_reading_ || is_held_ || is_stopped_ || is_closing_) return;
  is_reading_ = true;
  if (talk_) stream_.read_message_max(talk_->line_bytes());
  stream_.async_read(in_, [self = shared_from_this()](error_code error, std::size_t) {
    self->is_reading_ = false;
    if (self->is_stopped_) return;
    // It closed, broke the rules, or sent too much: the stream has told it.
    if (error) return self->stop();
    self->heard_ = clock::now();
    beast::get_lowest_layer(self->stream_).rate_policy().end_reading();
    self->count();
    if (!self->stream_.got_text())
      return self->end_with(websocket::close_code::unknown_data, "send text, a JSON object each");
    self->is_held_ = true;
    self->take_message();
  });
}

// Where there is no room the message waits, and nothing more is read: resume() is sure to come.
void web_socket_session::take_message() {
  if (!is_held_ || is_stopped_ || is_closing_ || !may_take()) return;
  is_held_ = false;
  const std::size_t size = in_.size();
  if (v1_) {
    const auto* text = static_cast<const char*>(in_.cdata().data());
    v1_owes_ = true;
    const bool is_ours = is_local(beast::get_lowest_layer(stream_).socket());
    v1_->take({{}, std::string{text, size}, {}, is_ours, who_ ? address() : std::string{}, who_,
               from_.from()});
  } else if (size > 0) {
    static_cast<void>(in_.prepare(padding));  // readable bytes behind the frame
    talk_->take(static_cast<const char*>(in_.cdata().data()), size);
    talk_->flush();
  }
  in_.consume(in_.size());
  read();
}

void web_socket_session::answer_v1(v1::reply r) {
  if (is_stopped_ || !std::exchange(v1_owes_, false)) return;
  std::erase(r.json, '\n');  // between the members of JSON only
  write(std::move(r.json) + '\n');
  take_message();
}

std::string web_socket_session::address() const {
  return address_of(beast::get_lowest_layer(stream_).socket());
}

void web_socket_session::resume() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] { self->take_message(); });
}

// -- out -----------------------------------------------------------------------------------------

void web_socket_session::write(std::string&& frames) {
  const std::lock_guard lock{out_mutex_};
  if (is_closed_) return;
  // One answer may be large; beside it so much waits, and no more.
  if (backlog_ == 0) largest_ = 0;
  if (backlog_ > largest_ + hub_.limits.unread_bytes) return drop("it does not read");
  largest_ = std::max(largest_, frames.size());
  backlog_ += frames.size();
  if (out_.empty()) out_ = std::move(frames);
  else out_ += frames;
  if (std::exchange(is_writing_, true)) return;
  asio::post(stream_.get_executor(), [self = shared_from_this()] { self->send_next(); });
}

// One message after the other; each is one frame.
void web_socket_session::send_next() {
  if (is_stopped_) return;
  if (sent_ == sending_.size()) {
    const std::lock_guard lock{out_mutex_};
    sending_.clear();
    sent_ = 0;
    if (out_.empty() || is_closing_) return void(is_writing_ = false);
    std::swap(sending_, out_);
    if (out_.capacity() > hub_.limits.line_bytes) out_ = {};
  }
  const std::size_t end = sending_.find('\n', sent_);
  const auto message = asio::buffer(sending_.data() + sent_, end - sent_);
  stream_.async_write(message, [self = shared_from_this(), end](error_code error, std::size_t) {
    if (!error) {  // it left, even if nothing more will
      self->backlog_ -= end + 1 - self->sent_;
      self->sent_ = end + 1;
    }
    if (self->is_stopped_) return;
    if (error) return self->stop();
    self->send_next();
    self->take_message();
  });
}

void web_socket_session::drop(std::string_view) {
  asio::post(stream_.get_executor(), [self = shared_from_this()] { self->stop(); });
}

void web_socket_session::end_with(websocket::close_code code, const char* why) {
  if (std::exchange(is_closing_, true)) return;
  stream_.async_close({code, why}, [self = shared_from_this()](error_code) { self->stop(); });
}

// -- upkeep --------------------------------------------------------------------------------------

void web_socket_session::count() {
  auto& bytes = beast::get_lowest_layer(stream_).rate_policy();
  counted_.received(bytes.take_received());
  counted_.sent(bytes.take_sent());
}

void web_socket_session::ping() {
  if (std::exchange(is_pinging_, true)) return;
  stream_.async_ping({}, [self = shared_from_this()](error_code error) {
    if (error && !self->is_stopped_) self->stop();
  });
}

void web_socket_session::tend(clock::time_point now) {
  if (is_stopped_) return;
  count();
  const auto& bytes = beast::get_lowest_layer(stream_).rate_policy();
  const auto patience = hub_.limits.patience;
  if (reader_.is_too_slow(now, patience, backlog(), bytes.sent_total())) return stop();
  if (!is_reading_) {
    heard_ = now;  // what it says now waits
    return;
  }
  if (bytes.begun() && now - *bytes.begun() > patience - tended_every) return stop();
  if (now - heard_ > silence_max) return stop();
  if (now - heard_ > quiet_max) ping();
}

}  // namespace unscripted::gateway
