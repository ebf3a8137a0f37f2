#include "plugins/bridge.hpp"

#include "core/transaction.hpp"
#include "plugins/host.hpp"
#include "plugins/words.hpp"

#include <array>
#include <bit>
#include <chrono>
#include <exception>
#include <span>
#include <string>

namespace unscripted::plugins {

namespace {

static_assert(sizeof(uns_value) == sizeof(std::uint64_t));
static_assert(core::no_thing == UNS_NO_THING && core::world_serial == UNS_WORLD);

using clock = std::chrono::steady_clock;

/// The mark that this thread is in a plugin's function.
class running {
public:
  explicit running(const function_name* what) noexcept : mark_(mark::mine()) { mark_.enter(what); }
  running(const running&) = delete;
  running& operator=(const running&) = delete;
  ~running() { mark_.leave(); }

private:
  mark& mark_;
};

class bridge final : public core::behaviour {
public:
  bridge(bridged function, const std::vector<core::parameter>& parameters, core::micrometres reach)
    : f_(std::move(function)), uses_(*f_.uses), reach_(reach),
      arg_count_(static_cast<std::uint32_t>(parameters.size())) {
    for (std::size_t i = 0; i < parameters.size(); ++i)
      if (parameters[i].type == core::value_type::text) texts_ |= 1u << i;
  }

  core::outcome run(const core::call& c) const noexcept override {
    const bool is_timed = f_.count->begin();
    const auto start = is_timed ? clock::now() : clock::time_point();
    const core::outcome result = call(c);
    if (is_timed) note_time(start);
    if (result == core::outcome::refused) f_.count->refused();
    if (result == core::outcome::fault) f_.count->faulted();
    return result;
  }

private:
  [[gnu::noinline]] void note_time(clock::time_point start) const noexcept {
    const auto taken = std::chrono::duration_cast<std::chrono::nanoseconds>(clock::now() - start);
    f_.count->timed(static_cast<std::uint64_t>(taken.count()));
  }

  core::outcome call(const core::call& c) const noexcept {
    const session serving{c.writes, uses_, c.agent, c.target, reach_};
    std::array<uns_value, core::parameters_max> args;
    fill(args.data(), c);
    const uns_call how{
        .struct_size = sizeof(uns_call),
        .arg_count = arg_count_,
        .host = &host_services(),
        .tick = c.writes.tick(),
        .agent = c.agent,
        .target = c.target,
        .world = UNS_WORLD,
        .args = arg_count_ == 0 ? nullptr : args.data(),
        .engine = &serving,
    };
    return judge(serving, enter(c.writes, how));
  }

  void fill(uns_value* args, const core::call& c) const noexcept {
    for (std::uint32_t i = 0; i < arg_count_; ++i) {
      if (texts_ >> i & 1u) args[i].text = (*c.texts)[c.args[i]].c_str();
      else args[i] = std::bit_cast<uns_value>(c.args[i]);
    }
  }

  // plugin.hpp lets no exception out; a plugin made without it might.
  uns_outcome enter(core::transaction& writes, const uns_call& how) const noexcept {
    const running here{f_.name};
    try {
      return f_.code(&how);
    } catch (const std::exception& e) {
      writes.explain(to_line(e.what(), core::reason_bytes_max));
    } catch (...) {
      writes.explain("an unknown exception was thrown");
    }
    return UNS_FAULT;
  }

  static core::outcome judge(const session& served, uns_outcome answer) noexcept {
    core::transaction& writes = served.writes;
    if (served.misuse) {
      writes.explain(served.misuse);
      return core::outcome::fault;
    }
    if (answer < UNS_DONE || answer > UNS_FAULT) {
      writes.explain("the plugin answered " + std::to_string(answer) + ", which is no outcome");
      return core::outcome::fault;
    }
    if (answer == UNS_FAULT) return core::outcome::fault;
    if (const char* excess = writes.excess()) {
      writes.explain(excess);
      return core::outcome::fault;
    }
    return static_cast<core::outcome>(answer);
  }

  const bridged f_;
  const std::span<const bound_property> uses_;  // of f_
  const core::micrometres reach_;
  const std::uint32_t arg_count_;
  std::uint32_t texts_ = 0;  // bit i: argument i is a text
};

static_assert(core::parameters_max <= 32);

}  // namespace

std::shared_ptr<const core::behaviour> bridge_action(bridged function, const core::action& what) {
  return std::make_shared<const bridge>(std::move(function), what.parameters, what.reach);
}

std::shared_ptr<const core::behaviour> bridge_rule(bridged function) {
  if (!function.code) return nullptr;
  return std::make_shared<const bridge>(std::move(function), std::vector<core::parameter>{},
                                        boundless);
}

}  // namespace unscripted::plugins
