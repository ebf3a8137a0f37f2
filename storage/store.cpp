#include "storage/store.hpp"

#include "core/bytes.hpp"
#include "storage/engine.hpp"
#include "storage/keys.hpp"
#include "storage/reclaimer.hpp"

#include <limits>

namespace unscripted::storage {

namespace {

constexpr const char* next_world_key = "next_world";
constexpr std::size_t entry_name_bytes_max = 4096;

enum class entry_state : std::uint8_t { deleted = 0, living = 1 };

std::string encode_entry(std::string_view name, std::int64_t created_ms) {
  std::string bytes;
  core::byte_writer out(bytes);
  out.u8(static_cast<std::uint8_t>(entry_state::living));
  out.zigzag(created_ms);
  out.text(name);
  return bytes;
}

/// Without the name, so that it can leave the disk.
std::string encode_deleted() { return std::string(1, static_cast<char>(entry_state::deleted)); }

failure damaged_list(core::world_number number) {
  return {failure_kind::corrupt, "the entry of world " + std::to_string(number) +
                                     " is not readable: restore the data folder from a backup"};
}

failure no_such_world(core::world_number number) {
  return {failure_kind::not_found, "there is no world " + std::to_string(number) +
                                       " in the data folder: ask for the list of worlds"};
}

/// Nothing on wrong bytes; an entry without a number where the world is deleted.
std::optional<world_entry> decode_entry(core::world_number number, std::string_view bytes) {
  core::byte_reader in(bytes);
  world_entry entry;
  const std::uint8_t state = in.u8();
  if (state == static_cast<std::uint8_t>(entry_state::living)) {
    entry.number = number;
    entry.created_ms = in.zigzag();
    entry.name = in.text(entry_name_bytes_max);
  } else if (state != static_cast<std::uint8_t>(entry_state::deleted)) {
    return std::nullopt;
  }
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return entry;
}

/// Calls visit(number, entry) for each entry, the deleted ones included.
template <class Visit>
std::optional<failure> for_each_entry(const engine& from, Visit&& visit) {
  const std::unique_ptr<rocksdb::Iterator> it(
      from.db().NewIterator(rocksdb::ReadOptions(), from.handle(family::worlds)));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (it->key().size() != world_key_bytes) return damaged_list(0);
    const core::world_number number = world_of(it->key());
    auto entry = decode_entry(number, {it->value().data(), it->value().size()});
    if (!entry) return damaged_list(number);
    visit(number, std::move(*entry));
  }
  if (it->status().ok()) return {};
  return from.to_failure("cannot read the list of worlds", it->status());
}

}  // namespace

store::store(std::unique_ptr<engine> e)
  : engine_(std::move(e)), reclaimer_(std::make_unique<reclaimer>(*engine_)) {}

store::~store() = default;

result<std::unique_ptr<store>> store::open(const std::filesystem::path& folder, durability mode) {
  auto opened = engine::open(folder, mode);
  if (!opened) return std::move(opened.why());
  std::unique_ptr<store> s(new store(std::move(*opened)));
  if (auto why = s->resume_reclaim()) return *std::move(why);
  return s;
}

const std::filesystem::path& store::folder() const { return engine_->folder(); }
durability store::mode() const { return engine_->mode(); }
bool store::broken() const { return engine_->broken(); }
failure store::why_broken() const { return engine_->why_broken(); }
std::optional<failure> store::sync() { return engine_->sync(); }

bool store::has_room() { return engine_->has_room(); }

result<core::world_number> store::next_number() const {
  const auto stored = engine_->get(family::meta, next_world_key);
  if (!stored) return stored.why();
  if (!*stored) return core::world_number{1};
  core::byte_reader in(**stored);
  const std::uint64_t number = in.varint();
  // One is left over, since the range of a world's keys ends where those of the next begin.
  constexpr std::uint64_t most = std::numeric_limits<core::world_number>::max() - 1;
  if (!in.ok() || number == 0 || number > most) return damaged_list(0);
  return static_cast<core::world_number>(number);
}

result<core::world_number> store::create_world(std::string_view name, std::int64_t created_ms) {
  if (name.size() > entry_name_bytes_max)
    return failure{failure_kind::misuse, "the name of a world is longer than 4096 bytes"};
  const std::lock_guard guard(worlds_mutex_);
  const auto number = next_number();
  if (!number) return number;

  std::string next;
  core::byte_writer(next).varint(std::uint64_t{*number} + 1);
  rocksdb::WriteBatch batch;
  batch.Put(engine_->handle(family::meta), next_world_key, next);
  batch.Put(engine_->handle(family::worlds), world_key(*number), encode_entry(name, created_ms));
  if (auto why = engine_->write(batch, sync_now::yes)) return *std::move(why);
  return number;
}

result<std::vector<world_entry>> store::worlds() const {
  std::vector<world_entry> all;
  auto why = for_each_entry(*engine_, [&](core::world_number, world_entry entry) {
    if (entry.number != 0) all.push_back(std::move(entry));
  });
  if (why) return *std::move(why);
  return all;
}

result<world_entry> store::find_world(core::world_number number) const {
  const auto stored = engine_->get(family::worlds, world_key(number));
  if (!stored) return stored.why();
  if (!*stored) return no_such_world(number);
  auto entry = decode_entry(number, **stored);
  if (!entry) return damaged_list(number);
  if (entry->number == 0) return no_such_world(number);
  return std::move(*entry);
}

std::optional<failure> store::rename_world(core::world_number number, std::string_view name) {
  if (name.size() > entry_name_bytes_max)
    return failure{failure_kind::misuse, "the name of a world is longer than 4096 bytes"};
  const std::lock_guard guard(worlds_mutex_);
  auto entry = find_world(number);
  if (!entry) return std::move(entry.why());
  rocksdb::WriteBatch batch;
  batch.Put(engine_->handle(family::worlds), world_key(number),
            encode_entry(name, entry->created_ms));
  return engine_->write(batch, sync_now::yes);
}

std::optional<failure> store::delete_world(core::world_number number) {
  const std::lock_guard guard(worlds_mutex_);
  auto entry = find_world(number);
  if (!entry) return std::move(entry.why());
  rocksdb::WriteBatch batch;
  batch.Put(engine_->handle(family::worlds), world_key(number), encode_deleted());
  if (auto why = engine_->write(batch, sync_now::yes)) return why;
  reclaimer_->add(number);
  return {};
}

std::optional<failure> store::wait_for_reclaim() { return reclaimer_->wait(); }

std::optional<failure> store::resume_reclaim() {
  return for_each_entry(*engine_, [&](core::world_number number, const world_entry& entry) {
    if (entry.number == 0) reclaimer_->add(number);
  });
}

}  // namespace unscripted::storage
