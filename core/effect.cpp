#include "core/effect.hpp"

namespace unscripted::core {

namespace {

bool same(const creation& a, const creation& b) {
  return a.kind == b.kind && a.parent == b.parent && a.dims == b.dims && a.name == b.name &&
         a.mind == b.mind;
}

bool same(const effect::details& a, const effect::details& b) {
  if (a.index() != b.index()) return false;
  switch (a.index()) {
    case 0: return std::get<0>(a) == std::get<0>(b);
    case 1: return same(std::get<1>(a), std::get<1>(b));
    case 2: return std::get<2>(a) == std::get<2>(b);
    default: return std::get<3>(a)->same_description(*std::get<3>(b));
  }
}

}  // namespace

std::shared_ptr<const effect::details> details(effect::details d) {
  return std::make_shared<const effect::details>(std::move(d));
}

bool operator==(const effect& a, const effect& b) {
  if (a.type != b.type || a.slot != b.slot || a.thing != b.thing || a.pos != b.pos ||
      a.bits != b.bits)
    return false;
  if (!a.more || !b.more) return a.more == b.more;
  return same(*a.more, *b.more);
}

}  // namespace unscripted::core
