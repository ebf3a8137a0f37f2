// The part of a translation that changes effects.
#include "core/translation.hpp"

#include <map>
#include <variant>

namespace unscripted::core {

/// Translates the effects of one record, in order: remembers what they created.
class translation::effect_translator {
public:
  effect_translator(const translation& by, const world& in_from) : by_(by), in_from_(in_from) {}

  /// False where it cannot be.
  bool take(const effect& e) {
    switch (e.type) {
      case effect_type::created: return create(e);
      case effect_type::set:
      case effect_type::added: return write(e);
      case effect_type::catalogued: return true;
      default: out_.push_back(e); return true;
    }
  }

  std::vector<effect> result() { return std::move(out_); }

private:
  bool create(const effect& e);
  bool write(effect e);
  void start_as_before(serial id, const kind_match& match, kind_index kind);
  std::optional<kind_index> kind_of(serial id) const;

  const translation& by_;
  const world& in_from_;
  std::map<serial, kind_index> born_;  // by kind in `from`
  std::vector<effect> out_;
};

std::optional<kind_index> translation::effect_translator::kind_of(serial id) const {
  if (const auto born = born_.find(id); born != born_.end()) return born->second;
  const thing* t = in_from_.find(id);
  return t ? std::optional{t->kind} : std::nullopt;
}

bool translation::effect_translator::create(const effect& e) {
  const auto* how = e.more ? std::get_if<creation>(e.more.get()) : nullptr;
  if (!how || how->kind >= by_.kinds_.size()) return false;
  const kind_match& match = by_.kinds_[how->kind];
  if (!match.kind) return false;
  effect anew = e;
  creation as = *how;
  as.kind = *match.kind;
  anew.more = details(std::move(as));
  out_.push_back(std::move(anew));
  born_[e.thing] = how->kind;
  start_as_before(e.thing, match, how->kind);
  return true;
}

// A created thing has its kind's fallbacks: those of `from`, which `to` may have otherwise.
void translation::effect_translator::start_as_before(serial id, const kind_match& match,
                                                     kind_index kind) {
  const auto& old = by_.from_->kinds()[kind].properties;
  const auto& now = by_.to_->kinds()[*match.kind].properties;
  for (std::size_t i = 0; i < old.size(); ++i) {
    const auto slot = match.slots[i];
    if (!slot || old[i].fallback == now[*slot].fallback) continue;
    effect e;
    e.type = effect_type::set;
    e.thing = id;
    e.slot = *slot;
    if (old[i].type == value_type::text) e.more = details(old[i].fallback.text);
    else e.bits = old[i].fallback.bits;
    out_.push_back(std::move(e));
  }
}

bool translation::effect_translator::write(effect e) {
  const auto kind = kind_of(e.thing);
  if (!kind || *kind >= by_.kinds_.size()) return false;
  const auto& slots = by_.kinds_[*kind].slots;
  if (e.slot >= slots.size()) return false;
  if (!by_.kinds_[*kind].kind) return false;
  const auto slot = slots[e.slot];
  if (!slot) return true;
  e.slot = *slot;
  out_.push_back(std::move(e));
  return true;
}

std::optional<std::vector<effect>> translation::translate(std::span<const effect> effects,
                                                          const world& in_from) const {
  effect_translator translator{*this, in_from};
  for (const effect& e : effects)
    if (!translator.take(e)) return std::nullopt;
  return translator.result();
}

}  // namespace unscripted::core
