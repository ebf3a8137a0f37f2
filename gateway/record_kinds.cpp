#include "gateway/record_kinds.hpp"

namespace unscripted::gateway {

namespace {

std::optional<core::kind_index> renumbered(core::kind_index kind, const core::catalogue& from,
                                           const core::catalogue& to) {
  if (&from == &to) return kind;
  if (kind >= from.kinds().size()) return std::nullopt;
  return to.find_kind(from.kinds()[kind].name);
}

}  // namespace

kind_finder kinds_in(const core::world& w, const core::catalogue& named_by) {
  return [&w, &named_by](core::serial thing) -> std::optional<core::kind_index> {
    if (w.seq() == 0) return std::nullopt;
    const core::thing* t = w.find(thing);
    return t ? renumbered(t->kind, w.catalogue(), named_by) : std::nullopt;
  };
}

std::optional<core::kind_index> record_kinds::find(core::serial thing) const {
  if (thing == core::world_serial) return core::world_kind;
  for (const auto& [born, kind] : born_)
    if (born == thing) return kind;
  const auto kind = find_ ? find_(thing) : std::nullopt;
  return kind ? renumbered(*kind, *before_, *now_) : std::nullopt;
}

const core::kind* record_kinds::kind_of(core::serial thing) const {
  const auto kind = find(thing);
  return kind && *kind < now_->kinds().size() ? &now_->kinds()[*kind] : nullptr;
}

void record_kinds::pass(const core::effect& e) {
  if (e.type == core::effect_type::created) born_.emplace_back(e.thing, e.created().kind);
  if (e.type != core::effect_type::catalogued) return;
  const core::catalogue& next = *e.catalogued();
  std::vector<std::pair<core::serial, core::kind_index>> still;
  for (const auto& [thing, kind] : born_)
    if (const auto now = renumbered(kind, *now_, next)) still.emplace_back(thing, *now);
  born_ = std::move(still);
  now_ = &next;
}

}  // namespace unscripted::gateway
