// Minds: what chooses a bot's next action. A hosted mind and the shipped clients use the same code,
// so that the same seed gives the same life wherever the mind runs.
#pragma once

#include "core/catalogue.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <optional>
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

/// How all minds of one name choose. It keeps nothing, so any thread may ask it.
class policy {
public:
  virtual ~policy() = default;
  /// As mind::choose(), of the mind with this key.
  virtual void choose(std::uint64_t key, const std::vector<option>& options, std::uint64_t age,
                      choice& chosen) const = 0;
};

/// The mind of one bot: a policy, and the key to what is random in it. A small value, since there
/// are as many as bots.
class mind {
public:
  /// The policy must outlive the mind.
  mind(const policy& how, std::uint64_t key) : how_(&how), key_(key) {}

  /// Chooses among `options`, which is not empty. `age` is the number of actions that the bot took.
  /// Pure: the same arguments give the same choice. Writes into `chosen`, whose memory is reused.
  void choose(const std::vector<option>& options, std::uint64_t age, choice& chosen) const {
    how_->choose(key_, options, age, chosen);
  }
  choice choose(const std::vector<option>& options, std::uint64_t age) const {
    choice chosen;
    choose(options, age, chosen);
    return chosen;
  }

private:
  const policy* how_;
  std::uint64_t key_;
};

/// A mind by name for a bot of a world with this seed, or nothing where there is none of that name.
/// `random`: at random among all options, each parameter at random in its range; a text is a word
/// that it makes up, a thing one of those that the options aim at.
std::optional<mind> make_mind(std::string_view name, std::uint64_t seed, serial bot);

/// The names that make_mind() knows.
const std::vector<std::string>& mind_names();

}  // namespace unscripted::core
