#include "actors/thinking.hpp"

namespace unscripted::actors {

core::act_command thinking::choose(const core::world& w, const core::thing& bot,
                                   const core::mind& mind) {
  const core::catalogue& c = w.catalogue();
  core::list_offers(w, bot, seen_, offers_);
  options_.clear();
  for (const core::offer& o : offers_) {
    const core::action& a = c.actions()[o.action];
    options_.push_back({o.target, &a.name, &a.parameters});
  }
  const auto age = c.kinds()[bot.kind].slot_of("age");
  mind.choose(options_, age ? bot.cells[*age] : 0, chosen_);

  core::act_command act;
  act.agent = bot.id;
  act.target = offers_[chosen_.option].target;
  act.action = offers_[chosen_.option].action;
  for (core::value& v : chosen_.args) {
    if (v.type == core::value_type::text) {
      v.bits = act.args.texts.size();
      act.args.texts.push_back(std::move(v.text));
    }
    act.args.bits[act.args.count++] = v.bits;
  }
  return act;
}

}  // namespace unscripted::actors
