#include "storage/lineage_line.hpp"

#include "storage/history_reader.hpp"

#include <algorithm>

namespace unscripted::storage {

record_line::record_line(const store& from, std::vector<ancestor> line)
  : store_(from), line_(std::move(line)) {}

/// The sequence after which the line is in this ancestor.
std::uint64_t record_line::begin_of(std::size_t generation) const {
  return generation + 1 < line_.size() ? line_[generation + 1].left_at : 0;
}

std::uint64_t record_line::gone_until(std::uint64_t after) const {
  std::uint64_t until = after;
  for (std::size_t i = line_.size(); i-- > 0;) {
    const ancestor& holder = line_[i];
    const std::uint64_t end = holder.is_there ? holder.base_seq : holder.left_at;
    if (end > begin_of(i)) until = std::max(until, std::min(end, holder.left_at));
  }
  return until;
}

result<std::uint64_t> record_line::hash_at(std::uint64_t seq) const {
  const auto holder = std::find_if(line_.begin(), line_.end(), [&](const ancestor& a) {
    return a.is_there && a.base_seq <= seq;
  });
  if (holder == line_.end())
    return failure{failure_kind::not_found, "no world of the line has the state at seq " +
                                                std::to_string(seq) + " any more"};
  auto state = history_reader(store_, holder->world).state_at(seq);
  if (!state) return std::move(state.why());
  return state->world->hash();
}

std::optional<failure> record_line::seek(std::uint64_t seq) {
  seq_ = seq;
  if (at_end()) return {};
  return enter(seq);
}

std::optional<failure> record_line::next() {
  ++seq_;
  if (at_end()) return {};
  if (seq_ > line_[generation_].left_at) return enter(seq_);
  if (auto why = cursor_->next()) return why;
  return check();
}

/// Goes to the ancestor that holds the record.
std::optional<failure> record_line::enter(std::uint64_t seq) {
  generation_ = 0;
  while (generation_ + 1 < line_.size() && seq <= begin_of(generation_)) ++generation_;
  auto now = moment::now(store_.internals(), line_[generation_].world);
  if (!now) return std::move(now.why());
  cursor_.reset();
  moment_ = std::make_unique<moment>(std::move(*now));
  cursor_ = std::make_unique<record_cursor>(*moment_, reading::all);
  if (moment_->head().last_seq < seq)
    return failure{failure_kind::not_found,
                   title_of(store_, moment_->world()) + " was deleted meanwhile: try again"};
  if (seq <= moment_->base().seq)
    return failure{failure_kind::not_found,
                   title_of(store_, moment_->world()) + " was pruned meanwhile, up to seq " +
                       std::to_string(moment_->base().seq) + ": try again"};
  if (auto why = cursor_->seek(seq)) return why;
  return check();
}

std::optional<failure> record_line::check() const {
  if (!cursor_->at_end() && cursor_->record().seq == seq_) return {};
  return damaged(moment_->world(), seq_, "the commit", "there", "missing");
}

parting_side record_line::side() const {
  return {moment_->world(), record(), catalogue(), cursor_->commit().header().wall_ms};
}

}  // namespace unscripted::storage
