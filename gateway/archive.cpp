#include "gateway/archive.hpp"

#include "storage/clock.hpp"
#include "storage/history_reader.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>

namespace unscripted::gateway {

namespace {

constexpr std::size_t quick_threads = 2;
constexpr std::chrono::minutes tidy_every{10};
constexpr std::int64_t ms_a_day = 86'400'000;

}  // namespace

archive::archive(archive_options options)
  : options_(std::move(options)), quick_(quick_threads),
    slow_(std::max<std::size_t>(options_.threads, 1)), tidying_(slow_) {
  if (options_.store && !options_.store->is_read_only()) tidy_later();
}

archive::~archive() { stop(); }

void archive::stop() {
  stopping_ = true;
  for (boost::asio::thread_pool* pool : {&quick_, &slow_}) {
    pool->stop();
    pool->join();
  }
}

bool archive::post(effort e, work w) {
  if (stopping_) return false;
  if (waiting_.fetch_add(1) >= waiting_max) return --waiting_, false;
  boost::asio::post(e == effort::quick ? quick_ : slow_, [this, w = std::move(w)] {
    --waiting_;
    w();
  });
  return true;
}

void archive::tidy_later() {
  tidying_.expires_after(tidy_every);
  tidying_.async_wait([this](const boost::system::error_code& error) {
    if (error || stopping_) return;
    prune_the_old();
    tidy_later();
  });
}

/// Of worlds whose records are kept for so many days. Says also what is wrong with the folder.
void archive::prune_the_old() {
  storage::store& store = *options_.store;
  const auto worlds = store.worlds();
  if (!worlds) return options_.warn(worlds.why().message);
  for (const storage::world_entry& w : *worlds) {
    if (w.keep_days == 0 || stopping_) continue;
    storage::history_reader reader(store, w.number);
    const auto seq = reader.seq_at_time(storage::unix_ms() - ms_a_day * w.keep_days);
    if (!seq) {
      options_.warn(seq.why().message);
      continue;
    }
    if (const auto done = store.prune(w.number, *seq); !done) options_.warn(done.why().message);
  }
  if (const auto why = store.trouble()) options_.warn(why->message);
}

}  // namespace unscripted::gateway
