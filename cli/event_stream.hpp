// The events of one subscription as they come, from a connection that comes back by itself.
#pragma once

#include "cli/connect.hpp"
#include "cli/document.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace unscripted::cli {

/// Asks for the world, then subscribes; after a lost connection both again, once a second. A server
/// does not tell that a world was deleted: where nothing comes any more it is asked, once. All
/// calls come from the thread that runs `io`; what they throw leaves through run(). It reads no
/// faster than the calls return, so a server merges what a slow watcher cannot take.
class event_stream {
public:
  struct calls {
    std::function<void(simdjson::dom::element)> on_world;  // as world.get has it
    std::function<void(simdjson::dom::element)> on_event;
    std::function<void(const refusal&)> on_refusal;  // there is no such world, for instance
    std::function<void(const std::string& why)> on_loss;
  };

  /// `wish` are the members of the params of subscribe.
  event_stream(boost::asio::io_context& io, address where, const std::string& world,
               const std::string& wish, calls to);

  void begin() { connect(); }
  /// Calls nothing any more. Its handlers must run before it is destroyed.
  void end();

private:
  void connect();
  void resolved(const boost::asio::ip::tcp::resolver::results_type& found);
  void shake_hands();
  void connected();
  void read();
  void take(const std::string& line);
  void expect_more();
  void lose(const std::string& why);

  boost::asio::ip::tcp::resolver resolver_;
  channel socket_;
  boost::asio::steady_timer timer_;
  address where_;
  std::string requests_, question_, in_;
  calls call_;
  simdjson::dom::parser parser_;
  bool is_connecting_ = false, is_asking_ = false, is_ended_ = false;
};

}  // namespace unscripted::cli
