#include "storage/store.hpp"

#include "core/bytes.hpp"
#include "storage/engine.hpp"
#include "storage/entry.hpp"
#include "storage/keys.hpp"
#include "storage/reclaimer.hpp"

#include <limits>

namespace unscripted::storage {

namespace {

constexpr const char* next_world_key = "next_world";
failure long_name() {
  return {failure_kind::misuse,
          "the name of a world is longer than " + std::to_string(entry_name_bytes_max) + " bytes"};
}

/// Calls visit(number, entry) for each entry, the deleted ones included.
template <class Visit>
std::optional<failure> for_each_entry(const engine& from, Visit&& visit) {
  const auto it = from.iterate(family::worlds, rocksdb::ReadOptions());
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (it->key().size() != world_key_bytes) return damaged_entry(0);
    const core::world_number number = world_of(it->key());
    auto entry = decode_entry(number, {it->value().data(), it->value().size()});
    if (!entry) return damaged_entry(number);
    visit(number, std::move(*entry));
  }
  if (it->status().ok()) return {};
  return from.to_failure("cannot read the list of worlds", it->status());
}

}  // namespace

store::store(std::unique_ptr<engine> e)
  : engine_(std::move(e)), reclaimer_(std::make_unique<reclaimer>(*engine_)) {}

store::~store() = default;

result<std::unique_ptr<store>> store::open(const std::filesystem::path& folder, durability mode,
                                           open_options how) {
  auto opened = engine::open(folder, mode, how);
  if (!opened) return std::move(opened.why());
  std::unique_ptr<store> s(new store(std::move(*opened)));
  if (auto why = s->resume_reclaim()) return *std::move(why);
  return s;
}

result<std::unique_ptr<store>> store::open_to_read(const std::filesystem::path& folder) {
  auto opened = engine::open_to_read(folder);
  if (!opened) return std::move(opened.why());
  return std::unique_ptr<store>(new store(std::move(*opened)));
}

const std::filesystem::path& store::folder() const { return engine_->folder(); }
durability store::mode() const { return engine_->mode(); }
bool store::is_read_only() const { return engine_->is_read_only(); }
const std::vector<std::string>& store::warnings() const { return engine_->warnings(); }
bool store::broken() const { return engine_->broken(); }
failure store::why_broken() const { return engine_->why_broken(); }
std::optional<failure> store::sync() { return engine_->sync(); }

bool store::has_room() { return engine_->has_room(); }

/// The number of the next world; the batch sees to it that it is not given again.
result<core::world_number> store::take_number(rocksdb::WriteBatch& batch) const {
  const auto stored = engine_->get(family::meta, next_world_key);
  if (!stored) return stored.why();
  std::uint64_t number = 1;
  if (*stored) {
    core::byte_reader in(**stored);
    number = in.varint();
    // One is left over, since the range of a world's keys ends where those of the next begin.
    constexpr std::uint64_t most = std::numeric_limits<core::world_number>::max() - 1;
    if (!in.ok() || number == 0 || number > most) return damaged_entry(0);
  }
  std::string next;
  core::byte_writer(next).varint(number + 1);
  batch.Put(engine_->handle(family::meta), next_world_key, next);
  return static_cast<core::world_number>(number);
}

std::optional<failure> store::write_entry(core::world_number number, const std::string& bytes) {
  rocksdb::WriteBatch batch;
  batch.Put(engine_->handle(family::worlds), world_key(number), bytes);
  return engine_->write(batch, sync_now::yes);
}

result<core::world_number> store::create_world(std::string_view name, std::int64_t created_ms,
                                               std::uint64_t owner) {
  if (name.size() > entry_name_bytes_max) return long_name();
  const std::lock_guard guard(worlds_mutex_);
  rocksdb::WriteBatch batch;
  auto number = take_number(batch);
  if (!number) return number;
  batch.Put(engine_->handle(family::worlds), world_key(*number),
            encode_entry({*number, std::string(name), created_ms, 0, owner}));
  if (auto why = engine_->write(batch, sync_now::yes)) return *std::move(why);
  return number;
}

result<std::vector<world_entry>> store::worlds() const {
  std::vector<world_entry> all;
  auto why = for_each_entry(*engine_, [&](core::world_number, stored_entry entry) {
    if (entry.state == entry_state::living) all.push_back(std::move(entry.world));
  });
  if (why) return *std::move(why);
  return all;
}

result<world_entry> store::find_world(core::world_number number) const {
  const auto stored = engine_->get(family::worlds, world_key(number));
  if (!stored) return stored.why();
  if (!*stored) return no_such_world(number);
  auto entry = decode_entry(number, **stored);
  if (!entry) return damaged_entry(number);
  if (entry->state != entry_state::living) return no_such_world(number);
  return std::move(entry->world);
}

std::string title_of(const store& in, core::world_number world) {
  const auto entry = in.find_world(world);
  return "world " + (entry ? entry->name : std::to_string(world));
}

std::optional<failure> store::rename_world(core::world_number number, std::string_view name) {
  if (name.size() > entry_name_bytes_max) return long_name();
  const std::lock_guard guard(worlds_mutex_);
  auto entry = find_world(number);
  if (!entry) return std::move(entry.why());
  entry->name = name;
  return write_entry(number, encode_entry(*entry));
}

std::optional<failure> store::retain(core::world_number number, std::uint32_t days) {
  if (days > keep_days_max)
    return failure{failure_kind::misuse, "records are kept at most 36500 days, or for ever"};
  const std::lock_guard guard(worlds_mutex_);
  auto entry = find_world(number);
  if (!entry) return std::move(entry.why());
  entry->keep_days = days;
  return write_entry(number, encode_entry(*entry));
}

std::optional<failure> store::delete_world(core::world_number number) {
  const std::lock_guard guard(worlds_mutex_);
  const auto stored = engine_->get(family::worlds, world_key(number));
  if (!stored) return stored.why();
  const auto entry = *stored ? decode_entry(number, **stored) : std::nullopt;
  if (*stored && !entry) return damaged_entry(number);
  if (!entry || entry->state == entry_state::deleted) return no_such_world(number);
  if (auto why = write_entry(number, encode_entry(entry_state::deleted))) return why;
  reclaimer_->add(number);
  return {};
}

std::optional<failure> store::checkpoint(const std::filesystem::path& to) {
  return engine_->checkpoint(to);
}

result<std::uint64_t> store::compact(core::world_number number) {
  return engine_->compact(family::commits, world_key(number).slice(),
                          world_key(number + 1).slice());
}

std::optional<failure> store::wait_for_reclaim() { return reclaimer_->wait(); }

std::optional<failure> store::trouble() const {
  auto damage = engine_->damage();
  return damage ? std::move(damage) : reclaimer_->trouble();
}

std::optional<failure> store::resume_reclaim() {
  return for_each_entry(*engine_, [&](core::world_number number, const stored_entry& entry) {
    if (entry.state != entry_state::living) reclaimer_->add(number);
  });
}

store::sizes store::measure() const {
  sizes found;
  engine_->db().GetAggregatedIntProperty(rocksdb::DB::Properties::kLiveSstFilesSize,
                                         &found.disk_bytes);
  engine_->db().GetAggregatedIntProperty(rocksdb::DB::Properties::kSizeAllMemTables,
                                         &found.memory_bytes);
  return found;
}

}  // namespace unscripted::storage
