// The stored commits of one world, one after the other. Who reads many has them read ahead by a
// thread: taking them from the disk and unpacking them is three tenths of the work of replaying
// them. Internal to storage.
#pragma once

#include <rocksdb/iterator.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace unscripted::storage {

/// An iterator, used by one thread. `key()` and `value()` are valid until it moves. Memory: what
/// is read ahead, 4 MiB, or six commits where these are larger.
class commit_stream {
public:
  explicit commit_stream(std::unique_ptr<rocksdb::Iterator> it) : it_(std::move(it)) {}
  ~commit_stream() { stop(); }
  commit_stream(const commit_stream&) = delete;
  commit_stream& operator=(const commit_stream&) = delete;

  /// From now on a thread takes over once next() has gone past 1 MiB without a seek.
  void read_ahead() { reads_ahead_ = true; }

  void seek_for_prev(const rocksdb::Slice& key);
  void prev();  // not after next() went far
  void next();

  bool valid() const;
  rocksdb::Slice key() const;
  rocksdb::Slice value() const;
  /// Why it is not valid(), and only then: the thread has ended.
  rocksdb::Status status() const;

private:
  /// Keys and values, one behind the other.
  struct batch {
    std::string bytes;
    std::vector<std::size_t> ends;  // of a key, of its value, of a key...
  };

  void start();
  void stop();
  void fill();
  void take_batch();
  batch read_batch();
  rocksdb::Slice part(std::size_t index) const;

  std::unique_ptr<rocksdb::Iterator> it_;  // the thread's while it runs
  bool reads_ahead_ = false;
  std::size_t passed_bytes_ = 0;  // by next(), one by one
  batch batch_;                   // what is here comes from this one while the thread runs
  std::size_t at_ = 0;            // the part in it that is the key

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<batch> ready_;
  bool is_all_read_ = false, stopping_ = false;
  std::thread thread_;
};

}  // namespace unscripted::storage
