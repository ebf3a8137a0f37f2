#include "gateway/rerun.hpp"

#include "core/perception.hpp"
#include "gateway/json_writer.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace unscripted::gateway {

namespace {

// How long one step may keep a thread of the archive.
constexpr std::chrono::milliseconds step_max{50};
constexpr int records_between_looks = 256;

std::chrono::steady_clock::duration to_duration(double seconds) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>{seconds});
}

}  // namespace

rerun::rerun(hub& shared, std::shared_ptr<actors::client> to, core::world_number world,
             std::uint64_t sub, storage::playback at, const rerun_wish& wish)
  : hub_(shared), client_(std::move(to)), world_(world), sub_(sub), at_(std::move(at)),
    to_seq_(std::min(wish.to_seq, at_->last_seq())), ticks_per_s_(wish.speed / core::tick_seconds),
    timer_(shared.archive->pool()) {
  const double wait = std::max(1 / wish.max_hz, 1 / ticks_per_s_);
  interval_ = to_duration(std::min(wait, 1.0));
  actors::subscriptions::watcher watcher;
  watcher.sub = sub;
  watcher.who = client_->id();
  watcher.peer = client_;
  watcher.bot = wish.bot;
  const core::micrometres sight = core::sight_of(at_->world());
  watcher.range = std::min(wish.range.value_or(sight), sight);
  watcher.interval = to_duration(std::min(1 / wish.max_hz, 1.0));
  watchers_.add(std::move(watcher));
}

void rerun::begin() {
  boost::asio::post(hub_.archive->pool(), [self = shared_from_this()] {
    self->began_ = clock::now();
    self->first_tick_ = static_cast<double>(self->at_->world().tick());
    self->tell(self->began_);  // the moment that was asked for, before anything happens
    self->step();
  });
}

actors::view rerun::seen() const { return {at_->world(), world_, hub_.durability, false}; }

bool rerun::is_over() const { return at_->at_end() || at_->world().seq() >= to_seq_; }

void rerun::step() {
  if (ended_ || hub_.archive->is_stopping()) return at_.reset();
  if (const auto why = advance()) return say_goodbye(why->message);
  const auto now = clock::now();
  const auto again = tell(now);
  if (!is_over()) return wait_until(now + interval_);
  // The last changes may have to wait for their time, or for a client that reads late.
  if (again) return wait_until(*again);
  say_goodbye({});
}

/// Applies what has happened by now, at the wished speed.
std::optional<storage::failure> rerun::advance() {
  const auto begin = clock::now();
  const std::chrono::duration<double> passed = begin - began_;
  const double due = first_tick_ + passed.count() * ticks_per_s_;
  int since_look = 0;
  while (!is_over() && static_cast<double>(at_->next().tick) <= due) {
    for (const core::effect& e : at_->next().effects) watchers_.note(e);
    if (auto why = at_->advance()) return why;
    if (++since_look < records_between_looks) continue;
    since_look = 0;
    if (clock::now() - begin < step_max) continue;
    // Too fast for this machine: what is behind is not caught up with.
    first_tick_ -= due - static_cast<double>(at_->world().tick());
    break;
  }
  return {};
}

/// Returns when to tell what could not be told yet.
std::optional<rerun::clock::time_point> rerun::tell(clock::time_point now) {
  actors::outbox mail;
  const auto again = watchers_.tell(at_->world(), now, [&](const auto&, const actors::event& e) {
    client_->encode(mail.bytes, e, seen());
  });
  if (!mail.bytes.empty() && !ended_) client_->send(std::move(mail));
  return again;
}

void rerun::say_goodbye(const std::string& trouble) {
  if (ended_.exchange(true)) return at_.reset();
  actors::outbox mail;
  json_writer json{mail.bytes};
  json.begin_object().member("method", "ended").key("params").begin_object();
  json.member("sub", sub_).member("seq", at_->world().seq()).member("tick", at_->world().tick());
  if (!trouble.empty()) json.member("trouble", trouble);
  json.end_object().end_object();
  mail.bytes.push_back('\n');
  client_->send(std::move(mail));
  at_.reset();
}

void rerun::wait_until(clock::time_point when) {
  timer_.expires_at(when);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->step();
  });
}

}  // namespace unscripted::gateway
