// The methods about plugins.
#include "gateway/methods.hpp"
#include "gateway/plugin_json.hpp"
#include "plugins/words.hpp"

#include <utility>

namespace unscripted::gateway {

namespace {

constexpr std::int64_t trial_commands_max = 1'000'000'000;

}  // namespace

void methods::plugin_list() {
  if (refused()) return;
  c_.result_now(ticket_, plugins_json(*c_.hub_.plugins, *c_.hub_.watch));
}

// All that changes plugins waits for the worlds, so it is done on a thread of the archive.
template <class Work>
void methods::change_plugins(Work work) {
  if (refused()) return;
  question q;
  q.needs_history = false;
  q.work = [registry = c_.hub_.plugins,
            work = std::move(work)](const storage::progress&) -> archive_answer {
    auto change = work(*registry);
    if (!change) return change.why();
    return change_json(*registry, *change);
  };
  c_.ask_archive(std::nullopt, ticket_, std::move(q));
}

void methods::plugin_load() {
  const std::string name = p_.text("name");
  if (!plugins::is_name(name))
    p_.expect("name", "the name of a file without `.so`: a-z, 0-9 and _, beginning with a letter, "
                      "at most 32");
  const auto commands = p_.integer("shadow", 1, trial_commands_max);
  change_plugins([name, commands](plugin_registry& all) {
    return commands ? all.try_beside(name, *commands) : all.load(name);
  });
}

void methods::plugin_promote() {
  change_plugins([](plugin_registry& all) { return all.promote(); });
}

void methods::plugin_set_aside() {
  const std::string name = p_.text("name");
  change_plugins(
      [name](plugin_registry& all) { return all.set_aside(name, "its owner said so", false); });
}

}  // namespace unscripted::gateway
