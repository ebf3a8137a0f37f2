#include "core/mind.hpp"

#include "core/random.hpp"

#include <algorithm>
#include <cmath>

namespace unscripted::core {

namespace {

// Apart from the keys of commands, which are small numbers in order.
constexpr std::uint64_t mind_key = 0x6d696e6400000000u;  // "mind"

// Rounding must not lead beyond the ends, nor a wide range to infinity.
double between(double least, double most, double ratio) {
  const double span = most - least;
  const double x = std::isfinite(span) ? least + span * ratio : least * (1 - ratio) + most * ratio;
  return std::max(least, std::min(x, most));
}

// Bounded so that the difference of two is an integer as well.
std::int64_t to_integer(double x) {
  return static_cast<std::int64_t>(std::max(-0x1p61, std::min(x, 0x1p61)));
}

// One to four syllables, as many as the text may have bytes for.
std::string random_word(const parameter& p, keyed_random& chance) {
  constexpr std::string_view consonants = "bdfgklmnprst", vowels = "aeiou";
  const auto any_of = [&](std::string_view letters) {
    return letters[static_cast<std::size_t>(chance.below(letters.size()))];
  };
  std::string word;
  for (auto syllables = 1 + chance.below(4); syllables > 0; --syllables) {
    if (static_cast<double>(word.size() + 2) > p.maximum) break;
    word += any_of(consonants);
    word += any_of(vowels);
  }
  return word.empty() ? p.fallback.text : word;
}

/// A thing is one of those that anything can be done to.
value random_value(const parameter& p, const std::vector<option>& options, keyed_random& chance) {
  switch (p.type) {
    case value_type::number: return value::number(between(p.minimum, p.maximum, chance.ratio()));
    case value_type::integer: {
      const std::int64_t least = to_integer(p.minimum);
      const auto span = static_cast<std::uint64_t>(to_integer(p.maximum) - least);
      return value::integer(least + static_cast<std::int64_t>(chance.below(span + 1)));
    }
    case value_type::boolean: return value::boolean(chance.next() & 1);
    case value_type::text: return value::of_text(random_word(p, chance));
    case value_type::thing:
      return value::thing(options[static_cast<std::size_t>(chance.below(options.size()))].target);
  }
  return p.fallback;
}

class random_policy final : public policy {
public:
  void choose(std::uint64_t key, const std::vector<option>& options, std::uint64_t age,
              choice& chosen) const override {
    keyed_random chance{key, age};
    chosen.args.clear();
    chosen.option = static_cast<std::size_t>(chance.below(options.size()));
    for (const parameter& p : *options[chosen.option].parameters)
      chosen.args.push_back(random_value(p, options, chance));
  }
};

}  // namespace

std::optional<mind> make_mind(std::string_view name, std::uint64_t seed, serial bot) {
  static const random_policy at_random;
  if (name != "random") return {};
  return mind{at_random, mix(seed, mind_key, bot)};
}

const std::vector<std::string>& mind_names() {
  static const std::vector<std::string> names{"random"};
  return names;
}

}  // namespace unscripted::core
