#include "core/mirror.hpp"

#include "core/decide.hpp"

#include <utility>

namespace unscripted::core {

mismatch undecidable(const record& r, const std::string& why) {
  return {no_thing, "decision", std::string{to_string(r.outcome)}, why};
}

bool chooses_catalogue(const command& c) {
  return std::holds_alternative<found_command>(c) || std::holds_alternative<load_command>(c);
}

std::optional<mirror> mirror::of(const world& original, const catalogue_ptr& to) {
  world state = original;
  if (!recast(state, to)) return std::nullopt;
  return mirror(std::move(state), translation(original.shared_catalogue(), to));
}

std::optional<mismatch> mirror::decide_again(const record& r, const world& before) {
  auto again = way_.translate(r.command, before);
  if (!again) return undecidable(r, again.why().message);
  if (const auto why = decide(state_, std::move(*again), decided_))
    return undecidable(r, why->message);
  if (way_.is_identity()) return first_mismatch(r, decided_, state_);
  record expected = r;
  auto effects = way_.translate(r.effects, before);
  if (!effects) return undecidable(r, "an effect is on a kind that no plugin brings");
  expected.effects = std::move(*effects);
  return first_mismatch(expected, decided_, state_);
}

bool mirror::follow(const record& r, const world& before) {
  if (chooses_catalogue(r.command)) return false;
  record moved;
  moved.seq = r.seq;
  moved.command = r.command;
  auto effects = way_.translate(r.effects, before);
  if (!effects) return false;
  moved.effects = std::move(*effects);
  return state_.try_apply(moved);
}

}  // namespace unscripted::core
