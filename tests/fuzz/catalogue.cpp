// A catalogue as it stands in a history: refused, or fit to read, to show and to found a world.
#include "core/codec.hpp"
#include "gateway/catalogue_text.hpp"
#include "tests/fuzz/target.hpp"

#include <string>

namespace unscripted::fuzz {
namespace {

void show(const core::catalogue_ptr& known) {
  const gateway::catalogue_text text{known};
  hold(is_json(text.describe_kinds()), "the kinds of `describe` are JSON");
  hold(is_json(text.describe_actions()), "the actions of `describe` are JSON");
  for (core::kind_index k = 0; k < known->kinds().size(); ++k)
    hold(is_json(text.actions(k, true)) && is_json(text.actions(k, false)),
         "the actions of a thing are JSON");
}

void run(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view all = text_of(bytes, size);
  const auto known = core::decode_catalogue(all);
  if (!known) return;
  hold(known->description() == all, "a catalogue keeps its description");
  const auto again = core::decode_catalogue(known->description());
  hold(again && again->digest() == known->digest(), "a description has one digest");
  for (const core::action& a : known->actions()) {
    hold(a.target < known->kinds().size(), "an action's target is a kind");
    hold(a.parameters.size() <= core::parameters_max, "an action has few parameters");
  }
  show(known);
}

const target here{"catalogue", run};

}  // namespace
}  // namespace unscripted::fuzz
