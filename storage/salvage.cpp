#include "storage/salvage.hpp"

#include <algorithm>

namespace unscripted::storage {

namespace {

constexpr const char* how_to_accept =
    ": restore the folder from a backup, or open it with --accept-data-loss, which keeps ";

std::string name_of(const damaged_log& log) { return "data folder '" + log.folder.string() + "'"; }

std::string one_line(std::string words) {
  std::replace(words.begin(), words.end(), '\n', ' ');
  return words;
}

std::string what_is_wrong(const damaged_log& log) {
  if (log.damage.empty()) return name_of(log) + " is not whole";
  return name_of(log) + " is damaged (" + one_line(log.damage) + ")";
}

std::string kept_writes(const damaged_log& log) {
  return "everything up to write " + std::to_string(log.kept);
}

bool is_short(const damaged_log& log) {
  return log.acknowledged.found == watermark::state::good && log.acknowledged.sequence > log.kept;
}

/// The watermark is a lower bound, so the number is one too. RocksDB counts each key as a write.
std::string missing_writes(const damaged_log& log) {
  return "at least " + std::to_string(log.acknowledged.sequence - log.kept) + " of " +
         std::to_string(log.acknowledged.sequence) + " acknowledged writes are missing";
}

std::string unknown_writes(const damaged_log& log) {
  const bool missing = log.acknowledged.found == watermark::state::missing;
  return std::string("whether acknowledged writes are missing cannot be said, since its file ") +
         watermark_file_name + (missing ? " is missing" : " is not readable");
}

failure refusal(const damaged_log& log, const std::string& why) {
  return {failure_kind::corrupt,
          what_is_wrong(log) + ", " + why + how_to_accept + kept_writes(log)};
}

std::string acceptance(const damaged_log& log, const std::string& why) {
  return what_is_wrong(log) + ", " + why + "; as accepted, it was opened with " + kept_writes(log) +
         ", the rest is lost";
}

}  // namespace

result<std::string> judge_garbled(const damaged_log& log, bool accept_data_loss) {
  const bool is_known = log.acknowledged.found == watermark::state::good;
  if (is_known && !is_short(log))
    return "the end of the write-ahead log of " + name_of(log) + " was garbled (" +
           one_line(log.damage) + "): nothing acknowledged is missing, it was opened with " +
           kept_writes(log);
  const std::string why = is_known ? missing_writes(log) : unknown_writes(log);
  if (!accept_data_loss) return refusal(log, why);
  return acceptance(log, why);
}

result<std::optional<std::string>> judge_end(const damaged_log& log, durability mode,
                                             bool accept_data_loss) {
  using warning = std::optional<std::string>;
  if (log.acknowledged.found == watermark::state::unreadable)
    return warning("the file " + std::string(watermark_file_name) + " of " + name_of(log) +
                   " was not readable: should the last writes be missing, this was not noticed");
  if (!is_short(log)) return warning();
  if (accept_data_loss) return warning(acceptance(log, missing_writes(log)));
  if (mode == durability::fsync) return refusal(log, missing_writes(log));
  return warning(what_is_wrong(log) + ", " + missing_writes(log) + "; it was opened with " +
                 kept_writes(log) +
                 ": a power cut may do that with durability wal, otherwise restore a backup");
}

}  // namespace unscripted::storage
