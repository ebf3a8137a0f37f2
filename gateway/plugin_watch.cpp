#include "gateway/plugin_watch.hpp"

#include "gateway/log.hpp"
#include "plugins/crash_note.hpp"

#include <algorithm>
#include <exception>

namespace unscripted::gateway {

namespace {

constexpr std::chrono::milliseconds between_looks{100};
constexpr int looks_per_count = 10;

std::string seconds(std::chrono::milliseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

}  // namespace

plugin_watch::plugin_watch(options how) : how_(std::move(how)), thread_([this] { run(); }) {}

plugin_watch::~plugin_watch() {
  {
    const std::lock_guard lock{mutex_};
    is_ending_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

std::vector<plugins::long_call> plugin_watch::long_calls() const {
  const std::lock_guard lock{mutex_};
  return long_calls_;
}

void plugin_watch::run() {
  for (int looks = 0;; ++looks) {
    {
      std::unique_lock lock{mutex_};
      if (wake_.wait_for(lock, between_looks, [this] { return is_ending_; })) return;
    }
    const auto now = clock::now();
    process_log().tell_due(now);
    try {
      look_for_long_calls(now);
      if (looks % looks_per_count == 0) look_at_counts(now);
    } catch (const std::exception& e) {
      how_.warn(std::string("the watch over plugins failed, and goes on: ") + e.what());
    }
  }
}

void plugin_watch::look_for_long_calls(clock::time_point now) {
  auto all = calls_.look(now);
  std::set<std::uint64_t> still_told;
  for (const plugins::long_call& c : all) {
    if (c.time < plugin_call_long) continue;
    if (!told_calls_.contains(c.call))
      how_.warn("plugin " + c.plugin + ": a call of `" + c.function + "` has not returned for " +
                seconds(c.time) + "; its world stands still");
    still_told.insert(c.call);
    if (how_.hang_limit.count() == 0 || c.time < how_.hang_limit) continue;
    if (const plugin_folder* own = how_.registry->own()) plugins::note_hang(own->crashes(), c);
    how_.end_process("plugin " + c.plugin + ": a call of `" + c.function +
                     "` does not return: the process ends, to be started anew");
  }
  told_calls_ = std::move(still_told);
  const std::lock_guard lock{mutex_};
  long_calls_ = std::move(all);
}

void plugin_watch::look_at_counts(clock::time_point now) {
  const auto present = how_.registry->present();
  for (const auto& p : present->assembly.plugins) {
    judge_time(*p);
    if (!present->aside_of(p->identity)) judge_faults(*p, now);
  }
}

void plugin_watch::judge_faults(const plugins::loaded& p, clock::time_point now) {
  std::uint64_t faults = 0;
  for (const auto& f : plugins::count(p)) faults += f.so_far.faults;
  auto& samples = faults_[p.identity.hash];
  samples.push_back({now, faults});
  while (samples.size() > 1 && now - samples[1].when >= plugin_fault_window) samples.pop_front();
  // What it did before the first look counts as well.
  const std::uint64_t before = samples.size() == 1 ? 0 : samples.front().faults;
  const std::uint64_t recent = faults - before;
  if (recent < plugin_faults_max) return;
  const std::string why = std::to_string(recent) + " faults within " +
                          std::to_string(plugin_fault_window.count()) + " s";
  how_.warn("plugin " + p.identity.id + " " + p.identity.version + " is set aside: " + why +
            "; load a mended build of it");
  const auto done = how_.registry->set_aside(p.identity.id, why, true);
  if (!done) how_.warn("plugin " + p.identity.id + ": " + done.why().message);
  faults_.erase(p.identity.hash);
}

void plugin_watch::judge_time(const plugins::loaded& p) {
  for (const auto& f : plugins::count(p)) {
    const std::chrono::nanoseconds p99{f.so_far.p99_ns};
    if (p99 <= plugin_call_budget || !told_slow_.insert(p.identity.hash).second) continue;
    how_.warn("plugin " + p.identity.id + ": one call in a hundred of `" + f.name +
              "` takes over " + std::to_string(plugin_call_budget.count()) +
              " ms; its worlds wait for it");
  }
}

}  // namespace unscripted::gateway
