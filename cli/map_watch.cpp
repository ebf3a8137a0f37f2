#include "cli/map_watch.hpp"

#include "cli/moment.hpp"
#include "cli/table.hpp"

#include <boost/asio/buffer.hpp>

#include <cstdio>
#include <unistd.h>

namespace unscripted::cli {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds line_every{1};
constexpr double zoom_step = 1.5, pan_step = 0.125;

}  // namespace

map_watch::map_watch(const watch_options& options)
  : options_(options), stream_(io_, options.where(), options.world, wish(), calls()) {
  view_.has_colour = has_colours();
  const auto size = size_of_screen();
  view_.columns = size.columns;
  view_.rows = size.rows;
}

std::string map_watch::wish() const {
  std::string members;
  gateway::json_writer json(members);
  json.member("world", options_.world).member("max_hz", options_.max_hz);
  write_moment(json, "at", options_.at);
  if (!options_.at.empty()) json.member("speed", options_.speed);
  return members;
}

void map_watch::run() {
  await_signals();
  stream_.begin();
  io_.run();
}

void map_watch::stop() {
  stream_.end();
  io_.stop();
}

// -- what the server tells -----------------------------------------------------------------------

event_stream::calls map_watch::calls() {
  return {.on_world =
              [this](simdjson::dom::element world) {
    map_.begin(world, !options_.at.empty());
    trouble_.clear();
    end_.clear();
    if (!has_begun_) view_.fit(map_);
          },
          .on_event = [this](simdjson::dom::element event) { take_event(event); },
          .on_refusal =
              [this](const refusal& why) {
    const bool is_final = !screen_ && why.reason == "not_found";
    if (!has_begun_ || is_final) throw refused(why);
    complain(why.message);
          },
      .on_loss = [this](const std::string& why) {
        if (!has_begun_) throw cannot_connect(why);
        complain(why + "; trying again every second");
      }};
}

void map_watch::take_event(simdjson::dom::element event) {
  if (text_at(event, "method") == "ended") {
    end_ = "the history ends here";
    if (!screen_) return stop();
  }
  map_.apply(event, clock::now());
  if (!map_.is_shown()) return;
  if (!has_begun_) {
    has_begun_ = true;
    if (options_.is_once) return print_once();
    if (isatty(STDOUT_FILENO) == 1 && !options_.json) {
      screen_.emplace();
      await_size();
      if (const int keyboard = open_keyboard(); keyboard >= 0) keyboard_.assign(keyboard);
      await_keys();
    } else {
      print_line();
    }
    await_second();
  }
  change();
}

void map_watch::complain(const std::string& what) {
  const bool is_new = trouble_.empty();
  trouble_ = printable(what);
  if (is_new && !screen_) std::fprintf(stderr, "unscripted: %s\n", trouble_.c_str());
  change();
}

// -- what the person and the system tell ---------------------------------------------------------

void map_watch::await_signals() {
  ends_.async_wait([this](error_code error, int) {
    if (!error) stop();
  });
}

void map_watch::await_size() {
  sizes_.async_wait([this](error_code error, int) {
    if (error) return;
    const auto size = size_of_screen();
    view_.columns = size.columns;
    view_.rows = size.rows;
    screen_->forget();
    change();
    await_size();
  });
}

void map_watch::await_keys() {
  if (!keyboard_.is_open()) return;
  keyboard_.async_read_some(asio::buffer(typed_), [this](error_code error, std::size_t size) {
    if (error) return;
    for (const auto what : keys_.take({typed_.data(), size})) press(what);
    await_keys();
  });
}

void map_watch::press(key what) {
  switch (what) {
    case key::quit: return stop();
    case key::pause:
      view_.is_paused = !view_.is_paused;
      if (view_.is_paused) still_ = map_;
      else still_.reset();
      break;
    case key::closer: view_.zoom_by(zoom_step); break;
    case key::farther: view_.zoom_by(1 / zoom_step); break;
    case key::left: view_.pan(map_, -pan_step, 0); break;
    case key::right: view_.pan(map_, pan_step, 0); break;
    case key::up: view_.pan(map_, 0, -pan_step); break;
    case key::down: view_.pan(map_, 0, pan_step); break;
    case key::follow: view_.followed = map_.bot_after(view_.followed); break;
    case key::whole: view_.fit(map_); break;
  }
  change();
}

// -- what is shown -------------------------------------------------------------------------------

/// On the screen the rate falls while nothing happens; elsewhere a line is due.
void map_watch::await_second() {
  second_.expires_after(line_every);
  second_.async_wait([this](error_code error) {
    if (error) return;
    if (screen_) change();
    else if (trouble_.empty()) print_line();
    await_second();
  });
}

/// Draws soon, and not more often than wished.
void map_watch::change() {
  if (!screen_ || is_draw_due_) return;
  is_draw_due_ = true;
  const auto interval = std::chrono::duration_cast<clock::duration>(
      std::chrono::duration<double>(1 / options_.max_hz));
  next_draw_.expires_at(drawn_ + interval);
  next_draw_.async_wait([this](error_code error) {
    is_draw_due_ = false;
    if (!error) draw_picture();
  });
}

void map_watch::draw_picture() {
  drawn_ = clock::now();
  const auto& map = still_ ? *still_ : map_;
  view_.follow(map);
  view_.notice = trouble_.empty() ? end_ : trouble_;
  if (!screen_->draw(draw(map, view_, drawn_))) stop();
}

void map_watch::print_line() {
  print((options_.json ? line_json() : status_line(map_, clock::now())) + '\n');
}

void map_watch::print_once() {
  if (options_.json) {
    print(line_json() + '\n');
  } else {
    std::string text;
    view_.has_keys = false;
    for (auto& line : draw(map_, view_, clock::now())) {
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + '\n';
    }
    print(text);
  }
  stop();
}

std::string map_watch::line_json() const {
  std::string out;
  gateway::json_writer json(out);
  json.begin_object().member("world", map_.name()).member("tick", map_.tick());
  json.member("seq", map_.seq()).member("ticks_per_s", map_.rate().per_s(clock::now()));
  json.member("population", map_.population()).key("deaths").begin_object();
  for (const auto& [cause, count] : map_.deaths()) json.member(cause, count);
  json.end_object().end_object();
  return out;
}

void map_watch::print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) != 0) stop();
}

}  // namespace unscripted::cli
