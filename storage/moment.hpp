// One moment of a world's history: what a reader sees from then on, whatever is appended or pruned
// meanwhile. Internal to storage.
#pragma once

#include "storage/base.hpp"
#include "storage/engine.hpp"
#include "storage/head.hpp"

#include <rocksdb/snapshot.h>

#include <memory>

namespace unscripted::storage {

/// Holds back the cleaning up of what was pruned: let go of it soon. Used by one thread; must not
/// outlive the engine.
class moment {
public:
  /// Failures: corrupt, io. Of a world without a history all is zero.
  static result<moment> now(const engine& of, core::world_number world);

  const engine& of() const { return *engine_; }
  core::world_number world() const { return world_; }
  const history_head& head() const { return head_; }
  const history_base& base() const { return base_; }

  /// All keys of the world in a family, as they were then. The iterator must not outlive the
  /// moment.
  std::unique_ptr<rocksdb::Iterator> iterate(family f, rocksdb::ReadOptions how = {}) const;

private:
  /// The bounds of the world's keys: iterators point to them.
  struct bounds;

  moment(const engine& of, core::world_number world);
  std::optional<failure> read();
  result<std::optional<std::string>> get(family f) const;

  const engine* engine_;
  core::world_number world_;
  std::unique_ptr<rocksdb::ManagedSnapshot> snapshot_;
  std::shared_ptr<const bounds> bounds_;
  history_head head_;
  history_base base_;
};

}  // namespace unscripted::storage
