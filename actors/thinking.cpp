#include "actors/thinking.hpp"

namespace unscripted::actors {

void thinking::begin(const core::world& w, std::span<const core::serial> bots) {
  lookout_.begin(w, bots);
}

core::act_command thinking::choose(const core::mind& mind) {
  const core::catalogue& c = lookout_.where().catalogue();
  const core::thing& bot = lookout_.who();
  const std::vector<core::offer>& offers = lookout_.look();
  options_.clear();
  for (const core::offer& o : offers) {
    const core::action& a = c.actions()[o.action];
    options_.push_back({o.target, &a.name, &a.parameters});
  }
  const auto age = c.kinds()[bot.kind].slot_of("age");
  mind.choose(options_, age ? bot.cells[*age] : 0, chosen_);

  core::act_command act;
  act.agent = bot.id;
  act.target = offers[chosen_.option].target;
  act.action = offers[chosen_.option].action;
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
