#include "storage/commit_stream.hpp"

#include <system_error>
#include <utility>

namespace unscripted::storage {

namespace {

constexpr std::size_t ahead_after_bytes = std::size_t{1} << 20;
// So much changes hands at once: a thread is not woken for each commit.
constexpr std::size_t batch_bytes = std::size_t{512} << 10;
constexpr std::size_t ready_max = 4;

}  // namespace

void commit_stream::seek_for_prev(const rocksdb::Slice& key) {
  stop();
  it_->SeekForPrev(key);
}

void commit_stream::prev() {
  stop();
  it_->Prev();
}

void commit_stream::next() {
  if (thread_.joinable()) {
    at_ += 2;
    if (at_ >= batch_.ends.size()) take_batch();
    return;
  }
  passed_bytes_ += it_->value().size();
  if (reads_ahead_ && passed_bytes_ > ahead_after_bytes) start();
  if (thread_.joinable()) take_batch();
  else it_->Next();
}

bool commit_stream::valid() const {
  return thread_.joinable() ? at_ < batch_.ends.size() : it_->Valid();
}

rocksdb::Slice commit_stream::part(std::size_t index) const {
  const std::size_t begin = index == 0 ? 0 : batch_.ends[index - 1];
  return {batch_.bytes.data() + begin, batch_.ends[index] - begin};
}

rocksdb::Slice commit_stream::key() const { return thread_.joinable() ? part(at_) : it_->key(); }

rocksdb::Slice commit_stream::value() const {
  return thread_.joinable() ? part(at_ + 1) : it_->value();
}

rocksdb::Status commit_stream::status() const { return it_->status(); }

void commit_stream::start() {
  try {
    is_all_read_ = stopping_ = false;
    thread_ = std::thread([this] { fill(); });
  } catch (const std::system_error&) {
    passed_bytes_ = 0;  // no thread is to be had: perhaps later
  }
}

void commit_stream::stop() {
  passed_bytes_ = 0;
  if (!thread_.joinable()) return;
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  ready_.clear();
  batch_ = {};
  at_ = 0;
}

void commit_stream::fill() {
  bool is_last = false;
  while (!is_last) {
    batch next = read_batch();
    is_last = !it_->Valid();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || ready_.size() < ready_max; });
    if (stopping_) return;
    ready_.push_back(std::move(next));
    is_all_read_ = is_last;
    changed_.notify_all();
  }
}

commit_stream::batch commit_stream::read_batch() {
  batch b;
  b.bytes.reserve(batch_bytes + batch_bytes / 4);
  do {
    it_->Next();
    if (!it_->Valid()) break;
    b.bytes.append(it_->key().data(), it_->key().size());
    b.ends.push_back(b.bytes.size());
    b.bytes.append(it_->value().data(), it_->value().size());
    b.ends.push_back(b.bytes.size());
  } while (b.bytes.size() < batch_bytes);
  return b;
}

/// None is left of it at the end.
void commit_stream::take_batch() {
  at_ = 0;
  batch_.ends.clear();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !ready_.empty() || is_all_read_; });
  if (ready_.empty()) return;
  batch_ = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_all();
}

}  // namespace unscripted::storage
