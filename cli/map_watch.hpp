// `watch`: a world drawn in the terminal as it lives, told by a subscription.
#pragma once

#include "cli/event_stream.hpp"
#include "cli/map_frame.hpp"
#include "cli/screen.hpp"
#include "cli/verb.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>

#include <array>
#include <optional>

namespace unscripted::cli {

struct watch_options : client_options {
  std::string world;
  std::string at;        // a moment of its history; empty: now
  double speed = 1;      // of the history, times life
  double max_hz = 10;    // pictures a second
  bool is_once = false;  // one picture, and the end
};

/// One run of the verb, in one thread. Throws cannot_connect or refused where it cannot begin;
/// later it waits for the server to come back.
class map_watch {
public:
  explicit map_watch(const watch_options& options);

  /// Until a key, a signal, or whoever reads the output ends it. [blocking]
  void run();

private:
  using clock = tick_rate::clock;

  std::string wish() const;
  event_stream::calls calls();
  void take_event(simdjson::dom::element event);
  void complain(const std::string& what);
  void await_signals();
  void await_size();
  void await_keys();
  void press(key what);
  void await_second();
  void change();
  void draw_picture();
  void print_line();
  void print_once();
  std::string line_json() const;
  void print(const std::string& text);
  void stop();

  const watch_options& options_;
  boost::asio::io_context io_{1};
  boost::asio::signal_set ends_{io_, SIGINT, SIGTERM, SIGHUP}, sizes_{io_, SIGWINCH};
  boost::asio::posix::stream_descriptor keyboard_{io_};
  boost::asio::steady_timer second_{io_}, next_draw_{io_};
  std::array<char, 64> typed_{};
  key_reader keys_;
  living_map map_;
  std::optional<living_map> still_;  // what a paused view shows
  map_view view_;
  std::string trouble_, end_;  // that the server is gone; that the history ended
  clock::time_point drawn_{};
  bool has_begun_ = false, is_draw_due_ = false;
  std::optional<screen> screen_;  // none: lines
  event_stream stream_;
};

}  // namespace unscripted::cli
