// Which kind a thing is of while the effects of one record are gone through: kinds name properties,
// and effects name things only.
#pragma once

#include "core/world.hpp"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace unscripted::gateway {

/// The kind of a thing before a record, as an index in the catalogue before it; nothing where that
/// is not known.
using kind_finder = std::function<std::optional<core::kind_index>(core::serial)>;

/// Finds the kinds of the things that are in `w`, as `named_by` numbers them. Both must outlive it.
kind_finder kinds_in(const core::world& w, const core::catalogue& named_by);

/// Lives as long as one record is read or written; what it is given must outlive it.
class record_kinds {
public:
  record_kinds(const core::catalogue& before, const kind_finder& find)
    : before_(&before), now_(&before), find_(find) {}

  /// In force before the next effect.
  const core::catalogue& catalogue() const { return *now_; }
  /// An index in catalogue().
  std::optional<core::kind_index> find(core::serial thing) const;
  /// The same, where catalogue() has it.
  const core::kind* kind_of(core::serial thing) const;

  /// After each effect, in order.
  void pass(const core::effect& e);

private:
  const core::catalogue* before_;
  const core::catalogue* now_;
  const kind_finder& find_;
  std::vector<std::pair<core::serial, core::kind_index>> born_;  // in this record
};

}  // namespace unscripted::gateway
