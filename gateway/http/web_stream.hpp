// The stream of the HTTP door's connections: what passes is counted, and may be TLS.
#pragma once

#include "gateway/secure_stream.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/basic_stream.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace unscripted::gateway {

/// Limits no rate, but sees each piece that comes and that the peer takes.
class written_bytes {
public:
  using clock = std::chrono::steady_clock;

  std::uint64_t sent_total() const { return sent_total_; }
  /// When the first byte came that belongs to what is being read; nothing where none did.
  std::optional<clock::time_point> begun() const { return begun_; }
  /// All of it is there.
  void end_reading() { begun_.reset(); }
  std::size_t take_received() { return std::exchange(received_, 0); }
  std::size_t take_sent() { return std::exchange(sent_, 0); }

private:
  friend class boost::beast::rate_policy_access;
  static constexpr std::size_t any = static_cast<std::size_t>(-1);

  std::size_t available_read_bytes() const noexcept { return any; }
  std::size_t available_write_bytes() const noexcept { return any; }
  void transfer_read_bytes(std::size_t size) noexcept {
    received_ += size;
    if (size > 0 && !begun_) begun_ = clock::now();
  }
  void transfer_write_bytes(std::size_t size) noexcept {
    sent_ += size;
    sent_total_ += size;
  }
  void on_timer() const noexcept {}

  std::optional<clock::time_point> begun_;
  std::uint64_t sent_total_ = 0;
  std::size_t received_ = 0, sent_ = 0;  // not counted yet
};

using web_socket_layer =
    boost::beast::basic_stream<boost::asio::ip::tcp, boost::asio::any_io_executor, written_bytes>;
using web_stream = secure_stream<web_socket_layer>;
extern template class secure_stream<web_socket_layer>;

}  // namespace unscripted::gateway
