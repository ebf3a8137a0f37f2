// The part of the store that keeps tokens, and which bots they own.
#include "core/bytes.hpp"
#include "storage/engine.hpp"
#include "storage/keys.hpp"
#include "storage/store.hpp"

namespace unscripted::storage {

namespace {

constexpr const char* next_token_key = "next_token";
constexpr std::size_t token_prefix_bytes = 6;

failure damaged_row(const std::string& what) {
  return {failure_kind::corrupt, what + " is not readable: restore the data folder from a backup"};
}

/// The number at the end of a key.
std::uint64_t last_number(const rocksdb::Slice& key) {
  return detail::get_big_endian({key.data() + key.size() - 8, 8});
}

}  // namespace

result<std::vector<token_row>> store::tokens() const {
  std::vector<token_row> all;
  const auto first = token_key(0);
  const auto it = engine_->iterate(family::meta, rocksdb::ReadOptions());
  for (it->Seek(first.slice()); it->Valid(); it->Next()) {
    const rocksdb::Slice key = it->key();
    if (!key.starts_with({first.bytes.data(), token_prefix_bytes})) break;
    if (key.size() != first.bytes.size()) return damaged_row("the key of a token");
    const std::uint64_t number = last_number(key);
    auto row = decode_token(number, {it->value().data(), it->value().size()});
    if (!row) return damaged_row("the entry of token " + std::to_string(number));
    all.push_back(*std::move(row));
  }
  if (it->status().ok()) return all;
  return engine_->to_failure("cannot read the list of tokens", it->status());
}

result<std::uint64_t> store::add_token(token_row row) {
  const std::lock_guard guard(worlds_mutex_);
  const auto stored = engine_->get(family::meta, next_token_key);
  if (!stored) return stored.why();
  row.number = 1;
  if (*stored) {
    core::byte_reader in(**stored);
    row.number = in.varint();
    if (!in.ok() || row.number == 0 || row.number + 1 == 0)
      return damaged_row("the number of the next token");
  }
  std::string next;
  core::byte_writer(next).varint(row.number + 1);
  rocksdb::WriteBatch batch;
  batch.Put(engine_->handle(family::meta), next_token_key, next);
  batch.Put(engine_->handle(family::meta), token_key(row.number), encode_token(row));
  if (auto why = engine_->write(batch, sync_now::yes)) return *std::move(why);
  return row.number;
}

std::optional<failure> store::change_token(const token_row& row, bool to_disk) {
  rocksdb::WriteBatch batch;
  batch.Put(engine_->handle(family::meta), token_key(row.number), encode_token(row));
  return engine_->write(batch, to_disk ? sync_now::yes : sync_now::no);
}

std::optional<failure> store::forget_token(std::uint64_t number) {
  rocksdb::WriteBatch batch;
  batch.Delete(engine_->handle(family::meta), token_key(number).slice());
  return engine_->write(batch, sync_now::yes);
}

result<std::vector<owned_bot>> store::owned_bots(core::world_number world) const {
  std::vector<owned_bot> all;
  const auto first = owner_key(world, 0), end = owner_key(world + 1, 0);
  const auto it = engine_->iterate(family::meta, rocksdb::ReadOptions());
  for (it->Seek(first.slice()); it->Valid() && it->key().compare(end.slice()) < 0; it->Next()) {
    if (it->key().size() != first.bytes.size()) return damaged_row("the key of a bot's owner");
    const core::serial bot = last_number(it->key());
    const auto owned = decode_owner(bot, {it->value().data(), it->value().size()});
    if (!owned) return damaged_row("the owner of bot " + std::to_string(bot));
    all.push_back(*owned);
  }
  if (it->status().ok()) return all;
  return engine_->to_failure("cannot read whose bots are whose", it->status());
}

}  // namespace unscripted::storage
