// What Asio and Beast hand to a stream, with its type forgotten: handlers and buffers.
//
// An operation of Beast is a template over what waits for it, and so is each that it is made of,
// down to the socket. With the types forgotten at a stream's door the lower half is compiled once,
// and not once for each operation above it: a WebSocket's source took 140 s to compile before.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace unscripted::gateway {

/// A handler of any type (Asio has one from Boost 1.82 on), called once, with what became of a read
/// or a write and how many bytes passed. It runs where the stream's own handlers run: an executor,
/// allocator or cancellation slot of its own is not asked for.
class any_handler {
public:
  template <class Handler>
  explicit any_handler(Handler h) : held_(std::make_unique<holder<Handler>>(std::move(h))) {}

  void operator()(boost::system::error_code error, std::size_t bytes) {
    held* const mine = held_.get();
    mine->tell(std::move(held_), error, bytes);
  }

private:
  struct held {
    held() = default;
    held(const held&) = delete;
    held& operator=(const held&) = delete;
    virtual ~held() = default;
    virtual void tell(std::unique_ptr<held> me, boost::system::error_code error,
                      std::size_t bytes) = 0;
  };

  template <class Handler>
  struct holder final : held {
    explicit holder(Handler&& h) : handler(std::move(h)) {}
    // Its memory is free before it is called: what it begins next can have it.
    void tell(std::unique_ptr<held> me, boost::system::error_code error,
              std::size_t bytes) override {
      auto called = std::move(handler);
      me.reset();
      called(error, bytes);
    }
    Handler handler;
  };

  std::unique_ptr<held> held_;
};

/// The first of some buffers: what a stream takes at once is its own choice.
template <class Buffer>
class any_buffers {
public:
  using value_type = Buffer;
  using const_iterator = const Buffer*;

  template <class Buffers>
  requires(!std::is_same_v<Buffers, any_buffers>) explicit any_buffers(const Buffers& some) {
    const auto end = boost::asio::buffer_sequence_end(some);
    for (auto at = boost::asio::buffer_sequence_begin(some); at != end && count_ < all_.size();
         ++at)
      if (const Buffer one = *at; one.size() > 0) all_[count_++] = one;
  }

  const_iterator begin() const { return all_.data(); }
  const_iterator end() const { return all_.data() + count_; }

private:
  std::array<Buffer, 8> all_;
  std::size_t count_ = 0;
};

using read_buffers = any_buffers<boost::asio::mutable_buffer>;
using write_buffers = any_buffers<boost::asio::const_buffer>;

}  // namespace unscripted::gateway
