#include "actors/postman.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace unscripted::actors {

namespace {

// As many as a world keeps at hand.
constexpr std::size_t emptied_max = 64;

// So few are sent in the time that it takes to wake another thread.
constexpr std::size_t bulk_letters = 4;
constexpr std::size_t bulk_answers_a_letter = 4;

// One that can't be sent closes its connection: what follows would look like the answer to it.
void send(letter& one) {
  try {
    one.to->send(std::move(one.mail));
  } catch (const std::exception& e) {
    one.to->abort(e.what());
  }
  one.to.reset();
}

// Whether another thread is worth its waking.
bool is_bulk(const std::vector<letter>& letters) {
  if (letters.size() < bulk_letters) return false;
  std::size_t answers = 0;
  for (const letter& l : letters) answers += l.mail.answered;
  return answers >= bulk_answers_a_letter * letters.size();
}

}  // namespace

postman::postman() : thread_([this] { work(); }) {}

postman::~postman() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  filled_.notify_one();
  thread_.join();
}

std::uint64_t postman::carry(std::vector<letter>& letters) {
  const std::lock_guard lock(mutex_);
  taken_ += letters.size();
  const bool is_asleep = waiting_.empty();
  std::move(letters.begin(), letters.end(), std::back_inserter(waiting_));
  letters.clear();
  letters.swap(emptied_);
  if (is_asleep) filled_.notify_one();
  return taken_;
}

void postman::work() {
  std::vector<letter> mine;
  std::unique_lock lock(mutex_);
  for (;;) {
    filled_.wait(lock, [this] { return is_ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    mine.swap(waiting_);
    lock.unlock();
    for (letter& one : mine) {
      send(one);
      ++sent_;
    }
    lock.lock();
    const std::size_t kept = std::min(mine.size(), emptied_max - emptied_.size());
    std::move(mine.begin(), mine.begin() + static_cast<std::ptrdiff_t>(kept),
              std::back_inserter(emptied_));
    mine.clear();
  }
}

// Nothing is overtaken by what is behind it. While the postman is busy with others' mail, sending
// takes no longer than waiting for him.
bool mail_route::goes_by_postman(const std::vector<letter>& letters) const {
  if (by_ == nullptr) return false;
  return !by_->has_sent(last_) || (by_->is_resting() && is_bulk(letters));
}

void mail_route::send(std::vector<letter>& letters) {
  if (goes_by_postman(letters)) last_ = by_->carry(letters);
  else
    for (letter& l : letters) l.to->send(std::move(l.mail));
}

}  // namespace unscripted::actors
