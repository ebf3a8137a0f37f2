// What is done to a database as a whole while it is in use.
#include "storage/engine.hpp"

#include <rocksdb/utilities/checkpoint.h>

#include <system_error>

namespace unscripted::storage {

std::optional<failure> engine::refuse_upkeep() const {
  if (is_read_only())
    return failure{failure_kind::misuse, "data folder '" + folder_.string() +
                                             "' is opened to read only: open it to write"};
  if (broken()) return why_broken();
  return {};
}

std::optional<failure> engine::checkpoint(const std::filesystem::path& to) {
  if (auto why = refuse_upkeep()) return why;
  std::error_code error;
  const auto place = std::filesystem::absolute(to, error).lexically_normal();
  if (!error && std::filesystem::exists(std::filesystem::symlink_status(place, error)))
    return failure{failure_kind::unusable_folder, "a checkpoint cannot be made at '" + to.string() +
                                                      "', which exists: choose another name"};

  const std::string what = "cannot make a checkpoint at '" + to.string() + "'";
  rocksdb::Checkpoint* made = nullptr;
  auto status = rocksdb::Checkpoint::Create(db_.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> maker(made);
  if (!status.ok()) return to_failure(what, status);
  status = maker->CreateCheckpoint(place.string());
  if (broken()) return why_broken();
  if (status.ok()) return {};
  return to_failure(what, status);
}

result<std::uint64_t> engine::compact(family f, const rocksdb::Slice& begin,
                                      const rocksdb::Slice& end) {
  if (auto why = refuse_upkeep()) return *std::move(why);
  const std::string what = "cannot compact data folder '" + folder_.string() + "'";
  auto status = db_->Flush(rocksdb::FlushOptions(), handle(f));
  if (!status.ok()) return to_failure(what, status);

  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  status = db_->CompactRange(options, handle(f), &begin, &end);
  if (!status.ok()) return to_failure(what, status);

  const rocksdb::Range range(begin, end);
  std::uint64_t bytes = 0;
  status =
      db_->GetApproximateSizes(rocksdb::SizeApproximationOptions(), handle(f), &range, 1, &bytes);
  if (!status.ok()) return to_failure(what, status);
  if (broken()) return why_broken();
  return bytes;
}

}  // namespace unscripted::storage
