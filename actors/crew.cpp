#include "actors/crew.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <mutex>

namespace unscripted::actors {

/// One call of side_by_side(). Helpers may come when it is long over: then they find no piece, and
/// touch nothing that belongs to who asked.
struct shared_work {
  std::size_t count, piece;
  const crew::piece_work* work;
  std::atomic<std::size_t> taken{0};     // up to here pieces were taken
  std::atomic<std::size_t> finished{0};  // so many of [0, count) are done
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
  const auto all = std::make_shared<shared_work>();
  all->count = count;
  all->piece = piece;
  all->work = &work;
  const std::size_t useful = std::min(helpers_.size(), (count - 1) / piece);
  for (std::size_t i = 0; i < useful; ++i) caf::anon_send(helpers_[i], all);
  all->take_part();
  all->await_the_others();
  if (all->error) std::rethrow_exception(all->error);
}

}  // namespace unscripted::actors
