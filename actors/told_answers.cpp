#include "actors/told_answers.hpp"

#include "core/bytes.hpp"
#include "core/mix.hpp"

#include <algorithm>

namespace unscripted::actors {

namespace {

void put(core::byte_writer& out, const core::loose_value& value) {
  out.u8(static_cast<std::uint8_t>(value.index()));
  if (const auto* b = std::get_if<bool>(&value)) out.u8(*b ? 1 : 0);
  if (const auto* i = std::get_if<std::int64_t>(&value)) out.zigzag(*i);
  if (const auto* d = std::get_if<double>(&value)) out.f64(*d);
  if (const auto* t = std::get_if<std::string>(&value)) out.text(*t);
}

}  // namespace

const storage::kept_answer* told_answers::find(core::serial bot, std::string_view key) const {
  const auto found = by_key_.find({bot, key});
  return found == by_key_.end() ? nullptr : found->second;
}

std::optional<std::uint64_t> told_answers::add(storage::kept_answer told) {
  const storage::kept_answer& added = in_order_.emplace_back(std::move(told));
  by_key_[{added.bot, added.key}] = &added;
  if (in_order_.size() <= storage::kept_answers_max) return std::nullopt;
  const std::uint64_t oldest = in_order_.front().seq;
  by_key_.erase({in_order_.front().bot, in_order_.front().key});
  in_order_.pop_front();
  return oldest;
}

void told_answers::clear() {
  by_key_.clear();
  in_order_.clear();
}

std::uint64_t digest_of(const core::act_wish& wish) {
  std::string bytes;
  core::byte_writer out(bytes);
  out.text(wish.action);
  out.u8(wish.target ? 1 : 0);
  if (wish.target) {
    out.varint(wish.target->world);
    out.varint(wish.target->thing);
  }
  core::named_values args = wish.args;
  std::ranges::stable_sort(args, {}, &core::named_values::value_type::first);
  for (const auto& [name, value] : args) {
    out.text(name);
    put(out, value);
  }
  return core::mix_text(bytes);
}

}  // namespace unscripted::actors
