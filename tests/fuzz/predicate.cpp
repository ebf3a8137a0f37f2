// The language of predicates: a text is refused with the place of the mistake, or asked of a world.
#include "core/predicate.hpp"

#include "tests/fuzz/small_world.hpp"
#include "tests/fuzz/target.hpp"

#include <string>

namespace unscripted::fuzz {
namespace {

using namespace core;

void check_place(const problem& why, std::size_t size) {
  for (const auto& [key, value] : why.data) {
    if (key != "at") continue;
    const auto at = std::get<std::int64_t>(value);
    hold(at >= 1 && static_cast<std::uint64_t>(at) <= size + 1, "a mistake is within the text");
  }
}

void run(const std::uint8_t* bytes, std::size_t size) {
  static const world lived = small_world();
  const std::string text{text_of(bytes, size)};
  const auto p = parse_predicate(text);
  if (!p) return check_place(p.why(), size);
  hold(p->text() == text, "a predicate keeps its text");
  hold(size <= predicate_bytes_max, "a long text is refused");
  static_cast<void>(p->holds(world{}));
  const auto answer = p->holds(lived);
  const auto denied = parse_predicate("not (" + text + "\n)");
  if (!denied) return;  // it is too long now, or nested too deeply
  const auto opposite = denied->holds(lived);
  hold(bool{answer} == bool{opposite}, "a name that is unknown is unknown in a denial");
  if (answer) hold(*answer != *opposite, "a denial says the opposite");
}

const target here{"predicate", run};

}  // namespace
}  // namespace unscripted::fuzz
