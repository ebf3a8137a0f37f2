// Minds: what chooses a bot's next action. A hosted mind and the shipped clients use the same code,
// so that the same seed gives the same life wherever the mind runs.
#pragma once

#include "core/catalogue.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::core {

/// One thing that could be done, as a bot perceives it.
struct option {
  serial target = world_serial;
  const std::string* action = nullptr;  // its name
  const std::vector<parameter>* parameters = nullptr;
};

/// A choice: one of the options, and a value for each of its parameters.
struct choice {
  std::size_t option = 0;
  std::vector<value> args;
};

class mind {
public:
  virtual ~mind() = default;
  /// Chooses among `options`, which is not empty. `age` is the number of actions that the bot took.
  /// Pure: the same arguments give the same choice. Writes into `chosen`, whose memory is reused.
  virtual void choose(const std::vector<option>& options, std::uint64_t age, choice& chosen) = 0;

  choice choose(const std::vector<option>& options, std::uint64_t age) {
    choice chosen;
    choose(options, age, chosen);
    return chosen;
  }
};

/// A mind by name for a bot of a world with this seed, or null where there is none of that name.
/// `random`: at random among all options, each parameter at random in its range; a text is a word
/// that it makes up, a thing one of those that the options aim at.
std::unique_ptr<mind> make_mind(std::string_view name, std::uint64_t seed, serial bot);

/// The names that make_mind() knows.
const std::vector<std::string>& mind_names();

}  // namespace unscripted::core
