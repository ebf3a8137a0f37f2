#include "actors/bot_actor.hpp"

namespace unscripted::actors {

namespace {

core::act_command to_command(core::serial bot, const mind_turn& turn, core::choice chosen) {
  core::act_command act;
  act.agent = bot;
  std::tie(act.target, act.action) = turn.options[chosen.option];
  for (core::value& v : chosen.args) {
    if (v.type == core::value_type::text) {
      v.bits = act.args.texts.size();
      act.args.texts.push_back(std::move(v.text));
    }
    act.args.bits[act.args.count++] = v.bits;
  }
  return act;
}

core::act_command choose(bot_state& state, core::serial bot, const mind_turn& turn) {
  state.options.clear();
  for (const auto& [target, index] : turn.options) {
    const core::action& a = turn.catalogue->actions()[index];
    state.options.push_back({target, &a.name, &a.parameters});
  }
  return to_command(bot, turn, state.mind->choose(state.options, turn.age));
}

}  // namespace

caf::behavior bot_actor(caf::stateful_actor<bot_state>* self, caf::actor world, core::serial bot,
                        std::string mind, std::uint64_t seed) {
  self->set_default_handler(caf::drop);
  self->state.mind = core::make_mind(mind, seed, bot);
  return {
      [=](delivery& d) { self->send(world, std::move(d)); },
      [=](const mind_turn& turn) {
    if (!self->state.mind) return;
    self->send(world, mind_choice{bot, choose(self->state, bot, turn), turn.catalogue});
      },
      };
}

}  // namespace unscripted::actors
