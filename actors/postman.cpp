#include "actors/postman.hpp"

#include <algorithm>
#include <iterator>
#include <sched.h>
#include <string>
#include <utility>

namespace unscripted::actors {

namespace {

// As many, and as large, as a world keeps at hand.
constexpr std::size_t emptied_max = 64, text_bytes_max = 64UL * 1024;

// So few are sent in the time that it takes to wake another thread.
constexpr std::size_t bulk_letters = 4;
constexpr std::size_t bulk_answers_a_letter = 4;

// Nothing of it is kept but the memory of its text: a part may hold a whole conversation.
void empty(letter& sent) {
  std::string text = std::move(sent.mail.bytes);
  sent = {};
  if (text.capacity() <= text_bytes_max) sent.mail.bytes = std::move(text);
}

// One that can't be sent closes its connection: what follows would look like the answer to it.
void send_or_abort(letter& one) {
  try {
    one.to->send(std::move(one.mail));
  } catch (...) {
    try {
      one.to->abort("its answer could not be sent");
    } catch (...) {  // NOLINT(bugprone-empty-catch): for want of memory; it ends as others do
    }
  }
  empty(one);
}

// Whether another thread is worth its waking.
bool is_bulk(const std::vector<letter>& letters) {
  if (letters.size() < bulk_letters) return false;
  std::size_t answers = 0;
  for (const letter& l : letters) answers += l.mail.answered + l.mail.parts.size();
  return answers >= bulk_answers_a_letter * letters.size();
}

// This thread no longer takes the processor of who wakes it: it waits for one that is free, or for
// its turn. A world's thread that is never done was held up 1,200 times a second by the postman it
// had woken, while the other processor had time left: 1.15 of the rate with 50 x 16 (11 pairs). A
// system that does not allow it is no worse off than before.
void wait_for_turns() {
  const sched_param no_priority{};
  sched_setscheduler(0, SCHED_BATCH, &no_priority);
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
  const bool had_none = waiting_.empty();
  waiting_.insert(waiting_.end(), std::move_iterator(letters.begin()),
                  std::move_iterator(letters.end()));
  taken_ += letters.size();
  letters.clear();
  letters.swap(emptied_);
  if (had_none) filled_.notify_one();
  return taken_;
}

// All that was taken together is sent together, so whoever waits is woken once.
void postman::wait_until_sent(std::uint64_t number) const {
  for (std::uint64_t sent = sent_; sent < number; sent = sent_) sent_.wait(sent);
}

void postman::work() {
  wait_for_turns();
  std::vector<letter> mine;
  std::unique_lock lock(mutex_);
  for (;;) {
    filled_.wait(lock, [this] { return is_ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    mine.swap(waiting_);
    lock.unlock();
    for (letter& one : mine) {
      send_or_abort(one);
      ++sent_;
    }
    sent_.notify_all();
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
  return is_behind() || (by_->is_resting() && is_bulk(letters));
}

void mail_route::send(std::vector<letter>& letters) {
  if (letters.empty()) return;
  if (by_ != nullptr && by_->is_full()) settle();
  if (goes_by_postman(letters)) {
    last_ = by_->carry(letters);
    return;
  }
  for (letter& l : letters) {
    l.to->send(std::move(l.mail));
    empty(l);
  }
}

void mail_route::settle() const {
  if (by_ != nullptr) by_->wait_until_sent(last_);
}

}  // namespace unscripted::actors
