#include "gateway/http/rpc.hpp"

#include <boost/asio/post.hpp>

namespace unscripted::gateway {

namespace asio = boost::asio;

rpc_line::rpc_line(hub& shared, ways back)
  : talk_(std::make_shared<conversation>(shared, *this)), back_(std::move(back)) {}

std::shared_ptr<rpc_line> rpc_line::open(hub& shared, ways back) {
  std::shared_ptr<rpc_line> made{new rpc_line{shared, std::move(back)}};
  made->talk_->open();
  return made;
}

void rpc_line::close() {
  is_closed_ = true;
  talk_->close();
}

void rpc_line::take(std::string frame, grant_ptr who) {
  talk_->identify(std::move(who));
  held_ = std::move(frame);
  held_.reserve(held_.size() + simdjson::SIMDJSON_PADDING);
  is_held_ = is_awaited_ = true;
  take_held();
}

// Notifications that were taken before may still fill the conversation: resume() comes then.
void rpc_line::take_held() {
  if (!is_held_ || is_closed_ || !talk_->may_take()) return;
  is_held_ = false;
  const bool will_be_answered = talk_->take(held_.data(), held_.size());
  talk_->flush();
  if (!will_be_answered) answer({});
}

void rpc_line::answer(std::string line) {
  if (is_closed_ || !std::exchange(is_awaited_, false)) return;
  back_.answer(std::move(line));
}

// An answer begins with its id or with "jsonrpc", an event with its method.
void rpc_line::write(std::string&& frames) {
  for (std::size_t begin = 0; begin < frames.size();) {
    const std::size_t end = frames.find('\n', begin) + 1;
    std::string line = frames.substr(begin, end - begin);
    begin = end;
    if (line.starts_with("{\"method\":")) continue;
    asio::post(back_.door, [self = shared_from_this(), line = std::move(line)]() mutable {
      self->answer(std::move(line));
    });
  }
}

void rpc_line::drop(std::string_view) {
  asio::post(back_.door, [self = shared_from_this()] {
    if (!self->is_closed_) self->back_.drop();
  });
}

void rpc_line::resume() {
  asio::post(back_.door, [self = shared_from_this()] { self->take_held(); });
}

}  // namespace unscripted::gateway
