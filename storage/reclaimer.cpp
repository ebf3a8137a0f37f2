#include "storage/reclaimer.hpp"

#include "storage/keys.hpp"

#include <rocksdb/convenience.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

namespace unscripted::storage {

namespace {

constexpr const char* what = "cannot take a deleted world from the disk";

constexpr std::array all_families = {family::meta,      family::commits, family::heads,
                                     family::snapshots, family::worlds,  family::plugins,
                                     family::bases,     family::answers};

// Those that are rewritten, since they may hold much of a world.
constexpr std::array compacted_families = {family::commits, family::snapshots, family::heads,
                                           family::worlds,  family::bases,     family::answers};

// Those of which whole tables are dropped unread: a table of theirs ends where a world ends.
constexpr std::array dropped_families = {family::commits, family::snapshots};

}  // namespace

reclaimer::~reclaimer() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void reclaimer::add(core::world_number world) {
  {
    const std::lock_guard guard(mutex_);
    waiting_.push_back(world);
    begin();
  }
  changed_.notify_all();
}

void reclaimer::add_pruned(core::world_number world) {
  {
    const std::lock_guard guard(mutex_);
    pruned_.push_back(world);
    begin();
  }
  changed_.notify_all();
}

/// Under the mutex.
void reclaimer::begin() {
  try {
    if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  } catch (const std::system_error& error) {
    waiting_.clear();
    pruned_.clear();
    failure_ = failure{failure_kind::io, std::string(what) + " (no thread: " + error.what() +
                                             "): raise the limit on processes and start again"};
  }
}

std::optional<failure> reclaimer::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock,
                [this] { return stopping_ || (waiting_.empty() && pruned_.empty() && !is_busy_); });
  return failure_;
}

std::optional<failure> reclaimer::trouble() {
  const std::lock_guard guard(mutex_);
  return failure_;
}

void reclaimer::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty() || !pruned_.empty(); });
    if (stopping_) return;
    auto worlds = std::exchange(waiting_, {});
    auto pruned = std::exchange(pruned_, {});
    is_busy_ = true;
    lock.unlock();
    auto why = worlds.empty() ? std::nullopt : reclaim(std::move(worlds));
    if (!pruned.empty()) {
      auto why_not_tidy = tidy(std::move(pruned));
      if (!why) why = std::move(why_not_tidy);
    }
    lock.lock();
    is_busy_ = false;
    failure_ = std::move(why);
    changed_.notify_all();
  }
}

std::optional<failure> reclaimer::reclaim(std::vector<core::world_number> worlds) {
  if (auto why = drop_keys(worlds)) return why;
  // Every family: only then no write-ahead log that mentions the worlds is needed any more.
  if (auto why = flush_all()) return why;
  auto left_over = compact(worlds);
  if (stopping_ || worlds.empty()) return left_over;
  if (auto why = purge_files()) return why;
  if (stopping_) return {};
  if (auto why = forget(worlds)) return why;
  return left_over;
}

/// Of each world whose records were pruned.
std::optional<failure> reclaimer::tidy(std::vector<core::world_number> pruned) {
  if (auto why = flush_all()) return why;
  return compact(pruned);
}

std::optional<failure> reclaimer::drop_keys(const std::vector<core::world_number>& worlds) {
  rocksdb::WriteBatch batch;
  for (const core::world_number world : worlds) {
    const auto begin = world_key(world), end = world_key(world + 1);
    for (const family f : dropped_families) {
      const rocksdb::Slice first = begin, last = end;
      const rocksdb::RangePtr range(&first, &last);
      const auto status = rocksdb::DeleteFilesInRanges(&engine_.db(), engine_.handle(f), &range, 1,
                                                       /*include_end=*/false);
      if (!status.ok()) return engine_.to_failure(what, status);
      batch.DeleteRange(engine_.handle(f), begin.slice(), end.slice());
    }
    batch.Delete(engine_.handle(family::heads), begin);
    batch.Delete(engine_.handle(family::bases), begin);
    batch.DeleteRange(engine_.handle(family::answers), begin.slice(), end.slice());
    batch.DeleteRange(engine_.handle(family::meta), owner_key(world, 0).slice(),
                      owner_key(world + 1, 0).slice());
  }
  return engine_.write(batch, sync_now::yes);
}

std::optional<failure> reclaimer::flush_all() {
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  handles.reserve(all_families.size());
  for (const family f : all_families) handles.push_back(engine_.handle(f));
  const auto status = engine_.db().Flush(rocksdb::FlushOptions(), handles);
  if (!status.ok()) return engine_.to_failure(what, status);
  return {};
}

/// Leaves those in `worlds` that were compacted. Why the others were not is that of the first.
std::optional<failure> reclaimer::compact(std::vector<core::world_number>& worlds) {
  std::optional<failure> first;
  std::erase_if(worlds, [&](core::world_number world) {
    auto why = stopping_ ? std::nullopt : compact(world);
    const bool is_left_over = why.has_value();
    if (!first) first = std::move(why);
    return is_left_over;
  });
  return first;
}

std::optional<failure> reclaimer::compact(core::world_number world) {
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  options.canceled = &stopping_;
  const auto begin = world_key(world), end = world_key(world + 1);
  const rocksdb::Slice first = begin, last = end;
  for (const family f : compacted_families) {
    const auto status = engine_.db().CompactRange(options, engine_.handle(f), &first, &last);
    if (stopping_) return {};
    if (!status.ok()) return engine_.to_failure(what, status);
  }
  return {};
}

/// CompactRange and Flush may return before the files that they replaced are deleted.
std::optional<failure> reclaimer::purge_files() {
  rocksdb::DB& db = engine_.db();
  auto status = db.DisableFileDeletions();
  if (!status.ok()) return engine_.to_failure(what, status);
  rocksdb::VectorLogPtr logs;
  const auto waited = db.GetSortedWalFiles(logs);  // waits for deletions that are under way
  status = db.EnableFileDeletions(/*force=*/false);
  if (!waited.ok()) return engine_.to_failure(what, waited);
  if (!status.ok()) return engine_.to_failure(what, status);
  return {};
}

/// Takes the marks away: nothing is left to resume.
std::optional<failure> reclaimer::forget(const std::vector<core::world_number>& worlds) {
  rocksdb::WriteBatch batch;
  for (const core::world_number world : worlds)
    batch.Delete(engine_.handle(family::worlds), world_key(world));
  return engine_.write(batch, sync_now::yes);
}

}  // namespace unscripted::storage
