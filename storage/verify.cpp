#include "storage/verify.hpp"

#include "storage/history_reader.hpp"
#include "storage/verify_piece.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <system_error>
#include <thread>
#include <tuple>

namespace unscripted::storage {

namespace {

constexpr std::uint64_t records_between_reports = 20'000;

/// The records of (after, last].
struct piece {
  std::uint64_t after = 0, last = 0;
};

/// A history, piece by piece on several threads. What they find is put together under a mutex.
class verifier {
public:
  verifier(const store& from, core::world_number world, const verify_options& options)
    : store_(from), world_(world), options_(options) {}

  result<verification> run();

private:
  std::optional<failure> cut();
  void work();
  std::optional<failure> verify(const piece& p);
  bool report(std::uint64_t records);
  void note(divergence d);
  bool is_behind_the_first(std::uint64_t seq) const {
    return !options_.count_all && seq > first_seq_.load(std::memory_order_relaxed);
  }

  const store& store_;
  core::world_number world_;
  const verify_options& options_;
  std::vector<piece> pieces_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::uint64_t> first_seq_{~std::uint64_t{0}};  // of the first difference so far
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::uint64_t done_ = 0;
  verification found_;
  std::optional<failure> failure_;
};

/// Into pieces that begin at snapshots: each can be verified without those before it.
std::optional<failure> verifier::cut() {
  history_reader reader(store_, world_);
  const auto stats = reader.stats();
  if (!stats) return stats.why();
  const auto snapshots = reader.snapshots();
  if (!snapshots) return snapshots.why();
  const std::uint64_t from = std::max(options_.from, stats->base_seq + 1);
  const std::uint64_t to = std::min(options_.to, stats->last_seq);
  if (options_.from > 0 && options_.from != from)
    return failure{failure_kind::not_found, "the history of " + title_of(store_, world_) +
                                                " begins at seq " + std::to_string(from) +
                                                ", what was before it is pruned"};
  if (options_.from > stats->last_seq)
    return failure{failure_kind::not_found, "the history of " + title_of(store_, world_) +
                                                " ends at seq " + std::to_string(stats->last_seq)};
  found_.from = from;
  found_.to = to;
  std::uint64_t after = from - 1;
  for (const std::uint64_t seq : *snapshots) {
    if (seq <= after || seq >= to) continue;
    pieces_.push_back({after, seq});
    after = seq;
  }
  if (after < to) pieces_.push_back({after, to});
  return {};
}

result<verification> verifier::run() {
  if (auto why = cut()) return *std::move(why);
  const std::size_t most = std::max<std::size_t>(pieces_.size(), 1);
  const std::size_t threads = std::clamp<std::size_t>(options_.threads, 1, most);
  std::vector<std::thread> others;
  try {
    while (others.size() + 1 < threads) others.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    // Fewer threads do it as well.
  }
  work();
  for (std::thread& t : others) t.join();
  if (failure_) return *std::move(failure_);
  found_.records = done_;
  std::ranges::sort(found_.changes, {}, [](const plugin_change& c) {
    return std::tie(c.past.id, c.past.version, c.past.hash);
  });
  return std::move(found_);
}

void verifier::work() {
  while (!stopped_) {
    const std::size_t mine = next_.fetch_add(1);
    if (mine >= pieces_.size()) return;
    auto why = verify(pieces_[mine]);
    if (!why) continue;
    stopped_ = true;
    const std::lock_guard guard(mutex_);
    if (!failure_) failure_ = std::move(why);
  }
}

std::optional<failure> verifier::verify(const piece& p) {
  auto at = playback::begin(store_, world_, p.after);
  if (!at) return std::move(at.why());
  if (auto why = at->check_reaches(p.last)) return why;
  verify_piece checking(options_, std::move(*at));
  std::uint64_t unreported = 0;
  for (std::uint64_t seq = p.after + 1; seq <= p.last && !stopped_; ++seq) {
    if (is_behind_the_first(seq)) break;
    auto diverged = checking.step();
    if (!diverged) return std::move(diverged.why());
    if (*diverged) note(**std::move(diverged));
    if (++unreported < records_between_reports) continue;
    if (!report(std::exchange(unreported, 0))) return cancelled();
  }
  if (!report(unreported)) return cancelled();
  const std::lock_guard guard(mutex_);
  for (const plugin_change& c : checking.changes())
    if (std::ranges::find(found_.changes, c) == found_.changes.end()) found_.changes.push_back(c);
  return {};
}

bool verifier::report(std::uint64_t records) {
  const std::lock_guard guard(mutex_);  // so that what is reported never decreases
  done_ += records;
  return !options_.progress || options_.progress(done_, found_.to - found_.from + 1);
}

void verifier::note(divergence d) {
  const std::lock_guard guard(mutex_);
  if (!found_.first || d.seq < found_.first->seq) {
    first_seq_ = d.seq;
    found_.first = std::move(d);
  }
  if (options_.count_all) ++found_.differing;
  else found_.differing = 1;
}

}  // namespace

result<verification> verify(const store& from, core::world_number world,
                            const verify_options& options) {
  auto found = verifier(from, world, options).run();
  if (!found && found.why().kind == failure_kind::corrupt)
    return or_deleted(from, world, std::move(found.why()));
  return found;
}

}  // namespace unscripted::storage
