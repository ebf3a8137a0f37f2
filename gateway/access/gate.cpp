#include "gateway/access/gate.hpp"

#include "gateway/log.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace unscripted::gateway {

namespace {

using namespace std::chrono_literals;

constexpr auto sweep_every = 1s;
constexpr auto delay_first = 100ms;
constexpr auto delay_max = 2s;
constexpr auto calm_after = 10min;
constexpr std::size_t callers_max = 10'000;  // then all others count as one

core::problem says_nothing() {
  return {core::errc::unauthorized,
          "this server wants a token, and none came within 5 seconds: begin with `hello`",
          {}};
}

core::problem ended(const char* why) {
  return {core::errc::unauthorized,
          std::string{"the token of this connection is good for nothing any more: "} + why,
          {}};
}

}  // namespace

gate::stranger::stranger(gate& at, std::string address) : at_(at), address_(std::move(address)) {
  const std::lock_guard lock{at_.mutex_};
  ++at_.callers_[address_].strangers;
}

gate::stranger::~stranger() {
  const std::lock_guard lock{at_.mutex_};
  const auto found = at_.callers_.find(address_);
  if (found == at_.callers_.end()) return;
  if (--found->second.strangers == 0 && found->second.failures == 0) at_.callers_.erase(found);
}

gate::gate(token_store& tokens, boost::asio::io_context& io)
  : tokens_(tokens), io_(io), sweep_(io) {
  keep_sweeping();
}

bool gate::admits(const std::string& address) const {
  const std::lock_guard lock{mutex_};
  const auto found = callers_.find(address);
  return found == callers_.end() || found->second.strangers < strangers_max;
}

void gate::watch(std::weak_ptr<visitor> v) { visitors_.push_back(std::move(v)); }

void gate::sweep() {
  const auto now = clock::now();
  const std::int64_t now_ms = tokens_.now_ms();
  const auto all = visitors_;
  for (const auto& weak : all) {
    const auto v = weak.lock();
    if (!v) continue;
    const grant_ptr who = v->who();
    if (!who && now - v->since() > stranger_patience) v->expel(says_nothing());
    const char* why = who ? who->ended(now_ms) : nullptr;
    if (why) v->expel(ended(why));
  }
  std::erase_if(visitors_, [](const auto& weak) { return weak.expired(); });
}

void gate::sweep_soon() {
  boost::asio::post(io_, [this] { sweep(); });
}

void gate::keep_sweeping() {
  sweep_.expires_after(sweep_every);
  sweep_.async_wait([this](boost::system::error_code stopped) {
    if (stopped) return;
    sweep();
    forget_calm(clock::now());
    keep_sweeping();
  });
}

void gate::close() {
  sweep_.cancel();
  visitors_.clear();
  waiting_.clear();
}

// -- wrong tokens --------------------------------------------------------------------------------

std::chrono::milliseconds gate::delay_after(const std::string& address) {
  const std::lock_guard lock{mutex_};
  const bool is_known = callers_.contains(address) || callers_.size() < callers_max;
  caller& from = callers_[is_known ? address : std::string{}];
  from.last_failure = clock::now();
  from.failures = std::min(from.failures + 1, 1'000'000u);
  const unsigned doublings = std::min(from.failures - 1, 5u);
  return std::min<std::chrono::milliseconds>(delay_first * (1 << doublings), delay_max);
}

void gate::note_failure(const std::string& address, std::function<void()> tell) {
  ++failures_total_;
  process_log().write(log_level::warning, "failed login: a wrong token", {{"address", address}});
  const std::uint64_t number = ++last_waiting_;
  auto timer = std::make_shared<boost::asio::steady_timer>(io_, delay_after(address));
  waiting_[number] = timer;
  timer->async_wait([this, number, tell = std::move(tell)](boost::system::error_code stopped) {
    if (stopped) return;
    waiting_.erase(number);
    tell();
  });
}

void gate::forget_calm(clock::time_point now) {
  const std::lock_guard lock{mutex_};
  for (auto& [address, from] : callers_)
    if (from.failures > 0 && now - from.last_failure > calm_after) from.failures = 0;
  std::erase_if(callers_, [](const auto& entry) {
    return entry.second.strangers == 0 && entry.second.failures == 0;
  });
}

}  // namespace unscripted::gateway
