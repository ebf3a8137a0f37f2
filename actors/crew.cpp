#include "actors/crew.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <mutex>

namespace unscripted::actors {

/// One call of side_by_side(). Helpers may come when it is long over: then they find no piece, and
/// touch nothing that belongs to who asked.
struct shared_work {
  std::size_t count, piece;
  const crew::piece_work* work;
  std::atomic<std::size_t> taken;     // up to here pieces were taken
  std::atomic<std::size_t> finished;  // so many of [0, count) are done
  std::mutex mutex;
  std::exception_ptr error;

  void take_part() {
    for (;;) {
      const std::size_t first = taken.fetch_add(piece);
      if (first >= count) return;
      const std::size_t last = std::min(first + piece, count);
      try {
        (*work)(first, last);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!error) error = std::current_exception();
      }
      if (finished.fetch_add(last - first) + (last - first) == count) finished.notify_all();
    }
  }

  void await_the_others() {
    for (std::size_t done = finished; done < count; done = finished) finished.wait(done);
  }
};

using shared_work_ptr = std::shared_ptr<shared_work>;

}  // namespace unscripted::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unscripted::actors::shared_work_ptr)

namespace unscripted::actors {

namespace {

// To wake another thread, and to have what it reads and what it did cross from one processor's
// cache to the other's, takes longer than it saves where there is less work: alone a hundred hosted
// bots have 1.22 times as many acts, two hundred 1.13, four hundred 1.07 (6 pairs each).
constexpr std::chrono::microseconds least_shared{100};

/// Does [0, sample), and tells whether the rest of [0, count) is worth sharing by how long that
/// took.
bool takes_long(std::size_t sample, std::size_t count, const crew::piece_work& work) {
  const auto before = std::chrono::steady_clock::now();
  work(0, sample);
  const auto took = std::chrono::steady_clock::now() - before;
  return took * (count - sample) >= least_shared * sample;
}

/// It is given its number since CAF binds a reference to nothing where there are no arguments.
caf::behavior helper(caf::event_based_actor* self, unsigned) {
  self->set_default_handler(caf::drop);
  return {[](const shared_work_ptr& some) { some->take_part(); }};
}

}  // namespace

crew::crew(caf::actor_system& system, unsigned helpers) {
  for (unsigned i = 0; i < helpers; ++i) helpers_.push_back(system.spawn(helper, i));
}

void crew::side_by_side(std::size_t count, std::size_t piece, const piece_work& work) const {
  if (helpers_.empty() || count <= piece) {
    if (count > 0) work(0, count);
    return;
  }
  const std::size_t sample = std::max<std::size_t>(piece / 4, 1);
  if (takes_long(sample, count, work)) share(sample, count, piece, work);
  else work(sample, count);
}

void crew::share(std::size_t begin, std::size_t count, std::size_t piece,
                 const piece_work& work) const {
  const auto all = std::make_shared<shared_work>();
  all->count = count;
  all->piece = piece;
  all->work = &work;
  all->taken = all->finished = begin;
  const std::size_t useful = std::min(helpers_.size(), (count - begin - 1) / piece);
  for (std::size_t i = 0; i < useful; ++i) caf::anon_send(helpers_[i], all);
  all->take_part();
  all->await_the_others();
  if (all->error) std::rethrow_exception(all->error);
}

}  // namespace unscripted::actors
