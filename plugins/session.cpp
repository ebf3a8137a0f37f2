#include "plugins/host.hpp"

namespace unscripted::plugins {

bool session::reaches(core::serial id) const noexcept {
  const core::world& before = writes.base();
  if (id >= before.next_serial()) return true;  // made by this command, whose first call this is
  const auto place = writes.place_of(id);
  const core::thing* const who = before.find(agent);
  if (!place || (who && core::gap(who->occupied(), *place) <= reach)) return true;
  blame("wrote to a thing out of its reach");
  return false;
}

}  // namespace unscripted::plugins
