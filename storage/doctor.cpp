#include "storage/doctor.hpp"

#include "storage/doctor_parts.hpp"
#include "storage/moment.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <system_error>
#include <thread>

namespace unscripted::storage {

namespace {

verdict worst(const std::vector<finding>& findings) {
  verdict sum = verdict::sound;
  for (const finding& f : findings) sum = std::max(sum, f.grade);
  return sum;
}

/// Worlds side by side, one a thread.
class ward {
public:
  ward(const store& from, const checkup_options& options, std::vector<world_checkup>& worlds)
    : store_(from), options_(options), worlds_(worlds) {}

  /// False where it was cancelled.
  bool examine();

private:
  void work();
  bool beat(std::uint64_t records);

  const store& store_;
  const checkup_options& options_;
  std::vector<world_checkup>& worlds_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::uint64_t done_ = 0, total_ = 0;
};

bool ward::examine() {
  for (const world_checkup& w : worlds_) {
    const auto at = moment::now(store_.internals(), w.number);
    if (at) total_ += at->head().last_seq - at->base().seq;
  }
  const std::size_t most = std::max<std::size_t>(worlds_.size(), 1);
  const std::size_t threads = std::clamp<std::size_t>(options_.threads, 1, most);
  std::vector<std::thread> others;
  try {
    while (others.size() + 1 < threads) others.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    // Fewer threads do it as well.
  }
  work();
  for (std::thread& t : others) t.join();
  return !cancelled_;
}

void ward::work() {
  const auto on = [this](std::uint64_t records) { return beat(records); };
  while (!cancelled_) {
    const std::size_t mine = next_.fetch_add(1);
    if (mine >= worlds_.size()) return;
    if (!doctor::examine_world(store_, on, worlds_[mine])) cancelled_ = true;
  }
}

bool ward::beat(std::uint64_t records) {
  const std::lock_guard guard(mutex_);
  done_ += records;
  if (options_.progress && !options_.progress(done_, std::max(done_, total_))) cancelled_ = true;
  return !cancelled_;
}

}  // namespace

const char* to_string(verdict v) {
  static constexpr std::array names = {"sound", "usable with care", "damaged", "not examined"};
  return names[static_cast<std::size_t>(v)];
}

verdict world_checkup::grade() const { return worst(findings); }

verdict checkup::overall() const {
  verdict sum = worst(findings);
  for (const world_checkup& w : worlds) sum = std::max(sum, w.grade());
  return sum;
}

result<checkup> examine(const std::filesystem::path& data, const checkup_options& options) {
  checkup all;
  all.folder = data;
  const auto opened = store::open_to_read(data);
  if (!opened) {
    all.findings = doctor::examine_closed(data, opened.why());
    return all;
  }
  for (const std::string& line : (*opened)->warnings())
    all.findings.push_back({verdict::usable_with_care, line,
                            "what is there was looked at; should the last of it be missed, " +
                                std::string(doctor::restore_backup)});
  doctor::examine_lists(**opened, all);
  if (!ward(**opened, options, all.worlds).examine()) return cancelled();
  return all;
}

}  // namespace unscripted::storage
