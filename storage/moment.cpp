#include "storage/moment.hpp"

#include "storage/commit_cursor.hpp"
#include "storage/keys.hpp"

namespace unscripted::storage {

struct moment::bounds {
  fixed_key<world_key_bytes> lower_key, upper_key;
  rocksdb::Slice lower, upper;

  explicit bounds(core::world_number world)
    : lower_key(world_key(world)), upper_key(world_key(world + 1)), lower(lower_key),
      upper(upper_key) {}
};

moment::moment(const engine& of, core::world_number world)
  : engine_(&of), world_(world), snapshot_(std::make_unique<rocksdb::ManagedSnapshot>(&of.db())),
    bounds_(std::make_shared<const bounds>(world)) {}

result<moment> moment::now(const engine& of, core::world_number world) {
  moment m(of, world);
  if (auto why = m.read()) return *std::move(why);
  return m;
}

std::unique_ptr<rocksdb::Iterator> moment::iterate(family f, rocksdb::ReadOptions how) const {
  how.snapshot = snapshot_->snapshot();
  how.iterate_lower_bound = &bounds_->lower;
  how.iterate_upper_bound = &bounds_->upper;
  return engine_->iterate(f, how);
}

result<std::optional<std::string>> moment::get(family f) const {
  const auto it = iterate(f);
  it->Seek(bounds_->lower);
  if (it->Valid() && it->key() == bounds_->lower)
    return std::optional<std::string>(it->value().ToString());
  if (it->status().ok()) return std::optional<std::string>();
  return engine_->to_failure("cannot read the history of world " + std::to_string(world_),
                             it->status());
}

std::optional<failure> moment::read() {
  const auto head = get(family::heads);
  if (!head) return head.why();
  if (*head) {
    const auto decoded = decode_head(**head);
    if (!decoded) return damaged(world_, 0, "the head", "of format 1", "not readable");
    head_ = *decoded;
  }
  const auto base = get(family::bases);
  if (!base) return base.why();
  if (*base) {
    const auto decoded = decode_base(**base);
    if (!decoded) return damaged(world_, 0, "the base", "of format 1", "not readable");
    base_ = *decoded;
  }
  if (base_.seq > head_.last_seq)
    return damaged(world_, head_.last_seq, "the base", "not behind the head",
                   "at seq " + std::to_string(base_.seq));
  return {};
}

}  // namespace unscripted::storage
