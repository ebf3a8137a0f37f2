#include "gateway/tcp_session.hpp"

#include "gateway/listener.hpp"

#include <boost/asio/post.hpp>

#include <array>
#include <cerrno>
#include <sys/socket.h>

namespace unscripted::gateway {

namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds tended_every{1};
constexpr char tls_handshake = 0x16;  // the first byte of who speaks TLS

/// No longer Asio's.
int prepared(asio::ip::tcp::socket& s) {
  boost::system::error_code ignored;
  s.set_option(asio::ip::tcp::no_delay{true}, ignored);
  s.non_blocking(true, ignored);
  return s.release();
}

core::problem speaks_tls() {
  return {core::errc::invalid_request,
          "this port speaks TLS: connect with it (`unscripted … --tls`, `openssl s_client`)",
          {}};
}

core::problem too_slow(std::chrono::seconds patience) {
  return {core::errc::invalid_request,
          "a line must end within " + std::to_string(patience.count()) +
              " s of its first byte; the connection is closed",
          {}};
}

}  // namespace

tcp_session::tcp_session(hub& shared, socket_watch& watch, asio::ip::tcp::socket s,
                         addresses::visit from)
  : hub_(shared), counted_(shared.counters.tcp), from_(std::move(from)), watch_(watch),
    executor_(s.get_executor()), address_(address_of(s)), socket_(prepared(s)),
    talk_(std::make_shared<conversation>(shared, *this)), in_(shared.limits.line_bytes) {}

void tcp_session::start(std::function<void()> on_end) {
  on_end_ = std::move(on_end);
  if (!watch_.add(socket_.number(), weak_from_this())) return stop();
  if (hub_.tls == nullptr) return open();
  is_shaking_hands_ = true;
  begun_ = clock::now();
  await_reading(&tcp_session::expect_tls);
}

void tcp_session::open() {
  talk_->open();
  read();
}

// -- waiting for the socket ----------------------------------------------------------------------

void tcp_session::on_news(const socket_watch::news& what) {
  can_read_ |= what.can_read;
  is_marked_ |= what.is_marked;
  if (what.can_read) go_on(on_readable_);
  if (!what.can_write || is_stopped_) return;
  go_on(on_writable_);
  if (backlog() > 0 && !is_stopped_) write_rest();
  if (backlog() == 0 && on_writable_ == nullptr && !is_stopped_)
    watch_.watch_writing(socket_.number(), false);
}

void tcp_session::go_on(step& awaited) {
  if (const step then = std::exchange(awaited, nullptr); then != nullptr && !is_stopped_)
    (this->*then)();
}

// For what may be there already: others have their turn first.
void tcp_session::await_reading(step then) {
  on_readable_ = then;
  if (!can_read_) return;
  asio::post(executor_, [self = shared_from_this()] { self->go_on(self->on_readable_); });
}

// The socket had nothing more.
void tcp_session::await_more(step then) {
  can_read_ = false;
  await_reading(then);
}

void tcp_session::await_writing(step then) {
  on_writable_ = then;
  watch_.watch_writing(socket_.number(), true);
}

// Who speaks in the clear is told so, in the clear.
void tcp_session::expect_tls() {
  std::array<char, 4096> heard;
  const ssize_t size = ::recv(socket_.number(), heard.data(), 1, MSG_PEEK | MSG_DONTWAIT);
  if (size < 0 && errno == EAGAIN) return await_more(&tcp_session::expect_tls);
  if (size != 1) return stop();
  if (heard[0] != tls_handshake) {
    // What is left unread would reset the connection, and what is said be lost.
    static_cast<void>(::recv(socket_.number(), heard.data(), heard.size(), MSG_DONTWAIT));
    talk_->refuse(speaks_tls());
    return stop();
  }
  {
    const std::lock_guard lock{out_mutex_};
    tls_.emplace(*hub_.tls, socket_.number());
  }
  shake_hands();
}

void tcp_session::shake_hands() {
  auto now = tls_channel::state::broken;
  {
    const std::lock_guard lock{out_mutex_};
    now = tls_->shake_hands();
  }
  const step again = &tcp_session::shake_hands;
  if (now == tls_channel::state::wants_read) return await_more(again);
  if (now == tls_channel::state::wants_write) return await_writing(again);
  if (now != tls_channel::state::fine) return stop();
  is_shaking_hands_ = false;
  begun_ = {};
  open();
}

void tcp_session::stop() {
  if (is_stopped_) return;
  fall_silent();
  {
    const std::lock_guard lock{out_mutex_};
    if (tls_) tls_->say_goodbye();
    ::shutdown(socket_.number(), SHUT_RDWR);
    socket_.close();
  }
  if (on_end_) std::exchange(on_end_, {})();
}

void tcp_session::fall_silent() {
  is_stopped_ = true;
  talk_->close();
  watch_.remove(socket_.number());
  const std::lock_guard lock{out_mutex_};
  is_closed_ = true;
}

// -- in ------------------------------------------------------------------------------------------

void tcp_session::read() {
  if (is_reading_ || input_ended_ || is_stopped_) return;
  is_reading_ = true;
  await_reading(tls_ ? &tcp_session::take_secure : &tcp_session::take_plain);
}

void tcp_session::take_plain() {
  const std::span<char> room = in_.room();
  const ssize_t size = ::recv(socket_.number(), room.data(), room.size(), MSG_DONTWAIT);
  if (size < 0 && errno == EINTR) return await_reading(&tcp_session::take_plain);
  if (size < 0 && errno == EAGAIN) return await_more(&tcp_session::take_plain);
  is_reading_ = false;
  if (size == 0) return end_of_input();
  if (size < 0) return stop();
  const auto bytes = static_cast<std::size_t>(size);
  if (bytes < room.size()) can_read_ = is_marked_;  // that was all
  took_in(bytes);
}

void tcp_session::took_in(std::size_t size) {
  counted_.received(size);
  in_.add(size);
  take_lines();
}

void tcp_session::take_secure() {
  tls_channel::outcome got;
  {
    const std::lock_guard lock{out_mutex_};
    const std::span<char> room = in_.room();
    got = tls_->read(room.data(), room.size());
  }
  const step again = &tcp_session::take_secure;
  if (got.then == tls_channel::state::wants_read) return await_more(again);
  if (got.then == tls_channel::state::wants_write) return await_writing(again);
  is_reading_ = false;
  if (got.then == tls_channel::state::ended) return end_of_input();
  if (got.then != tls_channel::state::fine) return stop();
  took_in(got.bytes);
}

// Takes what is there as long as the conversation has room, then reads on. Where there is no room
// it neither takes nor reads: resume() is sure to come, and finds here whatever room was made
// meanwhile.
void tcp_session::take_lines() {
  using enum line_buffer::found;
  auto found = line;
  bool takes_line = false;
  while (found == line && talk_->may_take()) {
    in_.allow(talk_->line_bytes());
    found = in_.next();
    if (found != line) break;
    takes_line = true;
    talk_->take(in_.line().data(), in_.line().size());
  }
  talk_->flush();
  note_part(found == nothing, takes_line);
  if (found == too_long) is_too_large_ = input_ended_ = true;
  if (input_ended_) return end_of_input();
  if (found == nothing) read();
}

// Since when a line is waited for whose beginning is there.
void tcp_session::note_part(bool wants_more, bool took_line) {
  if (in_.empty() || !wants_more) begun_ = {};
  else if (took_line || begun_ == clock::time_point{}) begun_ = clock::now();
}

// Nothing more is read, but the peer may still read: a last line without its end is taken,
// everything is answered, and once that has left the connection ends.
void tcp_session::end_of_input() {
  if (!std::exchange(input_ended_, true)) {
    in_.end();
    return take_lines();
  }
  if (!in_.empty()) return;  // there is no room for the next line yet
  if (!talk_->is_idle()) return talk_->end_when_idle();
  if (std::exchange(is_too_large_, false)) talk_->refuse_too_large();
  if (backlog() == 0) stop();
}

// -- out -----------------------------------------------------------------------------------------

std::size_t tcp_session::send_now(const char* bytes, std::size_t size) {
  const std::size_t sent = tls_ ? send_secure(bytes, size) : send_plain(bytes, size);
  if (sent == 0) return 0;
  counted_.sent(sent);
  // One writer at a time, so no locked addition is needed.
  taken_.store(taken_.load(std::memory_order_relaxed) + sent, std::memory_order_relaxed);
  return sent;
}

std::size_t tcp_session::send_plain(const char* bytes, std::size_t size) {
  const ssize_t sent = ::send(socket_.number(), bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) is_broken_ = true;
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

// Writing waits for nothing to be read: there is no renegotiation.
std::size_t tcp_session::send_secure(const char* bytes, std::size_t size) {
  const auto sent = tls_->write(bytes, size);
  const bool is_fine =
      sent.then == tls_channel::state::fine || sent.then == tls_channel::state::wants_write;
  if (!is_fine) is_broken_ = true;
  return sent.bytes;
}

void tcp_session::write(std::string&& frames) {
  const std::lock_guard lock{out_mutex_};
  if (is_closed_) return;
  std::size_t sent = 0;
  if (out_.empty()) sent = send_now(frames.data(), frames.size());
  if (sent == frames.size()) return;
  if (is_broken_) return drop("the peer is gone");
  // One answer may be large; beside it so much waits, and no more.
  if (out_.empty()) largest_ = 0;
  const std::size_t waits = out_.size() - out_begin_;
  if (waits > largest_ + hub_.limits.unread_bytes) return drop("it does not read");
  largest_ = std::max(largest_, frames.size());
  if (out_begin_ > out_.size() / 2) {  // what left already is not kept
    out_.erase(0, out_begin_);
    out_begin_ = 0;
  }
  out_.append(frames, sent);
  backlog_ = out_.size() - out_begin_;
  if (std::exchange(is_waiting_, true)) return;
  asio::post(executor_, [self = shared_from_this()] {
    if (!self->is_stopped_) self->watch_.watch_writing(self->socket_.number(), true);
  });
}

void tcp_session::write_rest() {
  {
    const std::lock_guard lock{out_mutex_};
    out_begin_ += send_now(out_.data() + out_begin_, out_.size() - out_begin_);
    backlog_ = out_.size() - out_begin_;
    if (backlog_ == 0) {
      out_ = {};
      out_begin_ = 0;
      is_waiting_ = false;
    }
  }
  if (is_broken_) return stop();
  if (!is_reading_) take_lines();
}

void tcp_session::drop(std::string_view) {
  asio::post(executor_, [self = shared_from_this()] { self->stop(); });
}

void tcp_session::resume() {
  asio::post(executor_, [self = shared_from_this()] {
    if (!self->is_stopped_ && !self->is_reading_) self->take_lines();
  });
}

void tcp_session::tend(clock::time_point now) {
  if (is_stopped_) return;
  const auto patience = hub_.limits.patience;
  if (reader_.is_too_slow(now, patience, backlog(), taken_.load(std::memory_order_relaxed)))
    return stop();
  if (begun_ == clock::time_point{}) return;
  if (is_shaking_hands_ && now - begun_ >= hub_.limits.handshake) return stop();
  if (is_shaking_hands_ || now - begun_ < patience - tended_every) return;
  talk_->refuse(too_slow(patience));
  stop();
}

}  // namespace unscripted::gateway
