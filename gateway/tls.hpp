// TLS of the doors: the server's certificate and key, and a channel on a socket.
//
// TLS 1.2 and 1.3. There is no session cache (what clients resume travels in tickets), no
// renegotiation and no compression.
#pragma once

#include "gateway/tls_files.hpp"

#include <boost/asio/ssl/context.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

namespace unscripted::gateway {

using tls_context = boost::asio::ssl::context;

/// Reads both, or says in one line what stood in the way: one is missing or no PEM, they don't
/// belong together, or others may read the key.
std::variant<std::unique_ptr<tls_context>, std::string> open_tls(const tls_files& files);

/// When the server's own certificate ends, in Unix time.
std::int64_t certificate_end(tls_context& of);

/// TLS on a socket that does not block, and which it does not own. What asio::ssl::stream does with
/// three buffers of 17 KiB and only on one thread: here a world's thread writes straight to the
/// socket, and an idle connection costs a fraction. One thread at a time.
class tls_channel {
public:
  enum class state : unsigned char {
    fine,
    wants_read,   // nothing more until the socket can be read
    wants_write,  // … or written
    ended,        // the peer said goodbye
    broken,
  };
  struct outcome {
    std::size_t bytes = 0;
    state then = state::fine;
  };

  tls_channel(tls_context& with, int socket);
  ~tls_channel();
  tls_channel(const tls_channel&) = delete;
  tls_channel& operator=(const tls_channel&) = delete;

  /// Again and again, until it is fine. Nothing else before.
  state shake_hands();
  outcome read(char* to, std::size_t room);
  /// What did not leave must come again, at the same place in the stream.
  outcome write(const char* from, std::size_t size);
  /// Tells the peer that nothing more comes, if that can be told at once.
  void say_goodbye();

private:
  state state_of(int result);

  SSL* ssl_;
  bool is_open_ = false;
};

}  // namespace unscripted::gateway
