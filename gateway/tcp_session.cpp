#include "gateway/tcp_session.hpp"

#include "gateway/listener.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <cerrno>
#include <sys/socket.h>

namespace unscripted::gateway {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// An unread answer this large ends the connection at once, however fast it grew.
constexpr std::size_t backlog_times = 4;

}  // namespace

tcp_session::tcp_session(hub& shared, socket s)
  : hub_(shared), counted_(shared.counters.tcp), socket_(std::move(s)),
    talk_(std::make_shared<conversation>(shared, *this)), in_(shared.limits.line_bytes) {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  socket_.non_blocking(true, ignored);
}

void tcp_session::start(std::function<void()> on_end) {
  on_end_ = std::move(on_end);
  talk_->open();
  read();
}

void tcp_session::stop() {
  if (is_stopped_) return;
  fall_silent();
  {
    const std::lock_guard lock{out_mutex_};
    error_code ignored;
    socket_.shutdown(socket::shutdown_both, ignored);
    socket_.close(ignored);
  }
  if (on_end_) std::exchange(on_end_, {})();
}

void tcp_session::fall_silent() {
  is_stopped_ = true;
  talk_->close();
  const std::lock_guard lock{out_mutex_};
  is_closed_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

// -- in ------------------------------------------------------------------------------------------

void tcp_session::read() {
  if (is_reading_ || input_ended_ || is_stopped_) return;
  is_reading_ = true;
  const std::span<char> room = in_.room();
  const auto space = asio::buffer(room.data(), room.size());
  socket_.async_read_some(space, [self = shared_from_this()](error_code error, std::size_t size) {
    self->is_reading_ = false;
    if (self->is_stopped_) return;
    if (error == asio::error::eof) return self->end_of_input();
    if (error) return self->stop();
    self->counted_.received(size);
    self->in_.add(size);
    self->take_lines();
  });
}

// Takes what is there as long as the conversation has room, then reads on. Where there is no room
// it neither takes nor reads: resume() is sure to come, and finds here whatever room was made
// meanwhile.
void tcp_session::take_lines() {
  using enum line_buffer::found;
  auto found = line;
  while (found == line && talk_->may_take()) {
    in_.allow(talk_->line_bytes());
    found = in_.next();
    if (found == line) talk_->take(in_.line().data(), in_.line().size());
  }
  talk_->flush();
  if (found == too_long) is_too_large_ = input_ended_ = true;
  if (input_ended_) return end_of_input();
  if (found == nothing) read();
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
  const ssize_t sent = ::send(socket_.native_handle(), bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) is_broken_ = true;
  if (sent <= 0) return 0;
  counted_.sent(static_cast<std::size_t>(sent));
  progress_.store(clock::now().time_since_epoch().count(), std::memory_order_relaxed);
  return static_cast<std::size_t>(sent);
}

void tcp_session::write(std::string&& frames) {
  const std::lock_guard lock{out_mutex_};
  if (is_closed_) return;
  std::size_t sent = 0;
  if (out_.empty()) sent = send_now(frames.data(), frames.size());
  if (sent == frames.size()) return;
  if (is_broken_) return drop("the peer is gone");
  if (out_.empty()) progress_.store(clock::now().time_since_epoch().count());
  out_.append(frames, sent);
  backlog_ = out_.size() - out_begin_;
  if (backlog_ > backlog_times * hub_.limits.backlog_bytes)
    return asio::post(socket_.get_executor(), [self = shared_from_this()] { self->stop(); });
  if (std::exchange(is_waiting_, true)) return;
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->wait_until_writable(); });
}

void tcp_session::wait_until_writable() {
  if (is_stopped_) return;
  socket_.async_wait(socket::wait_write, [self = shared_from_this()](error_code error) {
    if (self->is_stopped_) return;
    if (error) return self->stop();
    self->write_rest();
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
  if (backlog() > 0) wait_until_writable();
  if (!is_reading_) take_lines();
}

void tcp_session::drop(std::string_view) {
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->stop(); });
}

std::string tcp_session::address() const { return address_of(socket_); }

void tcp_session::resume() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (!self->is_stopped_ && !self->is_reading_) self->take_lines();
  });
}

bool tcp_session::is_stuck(clock::time_point now, clock::duration patience) {
  if (backlog() == 0) return false;
  return now - clock::time_point{clock::duration{progress_.load()}} > patience;
}

}  // namespace unscripted::gateway
