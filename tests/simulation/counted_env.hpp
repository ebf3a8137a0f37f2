// Where a simulated server's database runs: work that RocksDB does on threads of its own can be
// waited for, so that it never happens beside anything else.
#pragma once

#include <rocksdb/env.h>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>

namespace unscripted::simulation {

/// Must outlive the database. [any thread]
class counted_env final : public rocksdb::EnvWrapper {
public:
  explicit counted_env(std::unique_ptr<rocksdb::Env>&& of) : EnvWrapper(std::move(of)) {
    file_system_ = target()->GetFileSystem();
  }
  /// Awaits the last work: it is noted as done after the database has heard of it.
  ~counted_env() override { await_idle(); }
  counted_env(const counted_env&) = delete;
  counted_env& operator=(const counted_env&) = delete;
  const char* Name() const override { return "counted_env"; }

  /// Until all that was begun is done. [blocking]
  void await_idle();

  void Schedule(void (*work)(void*), void* argument, Priority priority, void* tag,
                void (*instead)(void*)) override;

private:
  struct job;
  void note_done();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t begun_ = 0;
};

}  // namespace unscripted::simulation
