// Tells the owners of sockets when there is something to read, or room to write.
//
// Asio does that as well, but asks a socket once more, in vain, before it waits for it: a system
// call for each request of who asks one by one. Here a socket is asked after something came.
// The system tells it by epoll(7), edge-triggered, in a set of its own that Asio waits for. 1.13 of
// the rate with 10 x 1 (20 pairs), 1.16 with 50 x 1, 1.09 with 50 x 16 (14 pairs).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>
#include <vector>

namespace unscripted::gateway {

/// Used on the thread of its io_context.
class socket_watch {
public:
  struct news {
    bool can_read = false;
    bool is_marked = false;  // by an end or urgent data: what a read leaves out is not all there is
    bool can_write = false;
  };
  class owner {
  public:
    virtual ~owner() = default;
    /// Something came since the last time. Told once: who does not read (or write) until the socket
    /// has no more must remember that.
    virtual void on_news(const news& what) = 0;
  };

  explicit socket_watch(boost::asio::io_context& io);

  /// False where the system has no room for it.
  [[nodiscard]] bool add(int socket, std::weak_ptr<owner> who);
  /// Tells of room to write as well from now on, or no more; of what there is already, too.
  void watch_writing(int socket, bool is_wished);
  /// Before it is closed. Its owner is told nothing more.
  void remove(int socket);
  /// Nobody is told anything more.
  void close() { set_.close(); }

private:
  void await();
  void tell();

  boost::asio::posix::stream_descriptor set_;
  std::vector<std::weak_ptr<owner>> owners_;  // by the number of their sockets
};

}  // namespace unscripted::gateway
