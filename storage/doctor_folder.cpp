// The folder of an examination: why it does not open, and the lists in it.
#include "core/bytes.hpp"
#include "core/codec.hpp"
#include "storage/commit.hpp"
#include "storage/doctor_parts.hpp"
#include "storage/engine.hpp"
#include "storage/entry.hpp"
#include "storage/keys.hpp"

#include <algorithm>
#include <map>

namespace unscripted::storage::doctor {

namespace {

constexpr core::world_number world_max = ~core::world_number{0};

std::string world_name(core::world_number number) { return "world " + std::to_string(number); }

/// Reads the lists of a folder, and notes what is wrong with them.
class lists {
public:
  lists(const store& from, checkup& into) : engine_(from.internals()), into_(into) {}

  void examine() {
    list_worlds();
    find_keys_of_worlds();
    judge_strangers();
    check_next_world();
    check_catalogues();
  }

private:
  void list_worlds();
  void list_world(core::world_number number, const rocksdb::Slice& bytes);
  void find_keys_of_worlds();
  void find_keys_in(family f, const char* what);
  void judge_strangers();
  void check_next_world();
  void check_catalogues();
  void note(verdict grade, std::string wrong, std::string remedy) {
    into_.findings.push_back({grade, std::move(wrong), std::move(remedy)});
  }
  void note_unreadable(const char* what, const rocksdb::Status& status) {
    if (!status.ok())
      note(verdict::damaged, symptom(engine_.to_failure(what, status)), restore_backup);
  }

  const engine& engine_;
  checkup& into_;
  std::map<core::world_number, entry_state> listed_;
  std::map<core::world_number, std::string> keys_of_;  // "a head, commits"
};

void lists::list_worlds() {
  const auto it = engine_.iterate(family::worlds, rocksdb::ReadOptions());
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (it->key().size() == world_key_bytes) list_world(world_of(it->key()), it->value());
    else
      note(verdict::damaged,
           "a key in the list of worlds should be 4 bytes long, is " +
               std::to_string(it->key().size()),
           std::string("a server refuses the whole folder: ") + restore_backup);
  }
  note_unreadable("the list of worlds cannot be read", it->status());
}

void lists::list_world(core::world_number number, const rocksdb::Slice& bytes) {
  const auto entry = decode_entry(number, {bytes.data(), bytes.size()});
  listed_[number] = entry ? entry->state : entry_state::living;
  if (entry && entry->state != entry_state::living) return;
  world_checkup world;
  world.number = number;
  world.id = core::to_string(core::thing_id{number, core::world_serial});
  if (entry) world.name = entry->world.name;
  else
    note(verdict::damaged, "the entry of " + world_name(number) + " is not readable",
         std::string("a server refuses the whole folder, whatever the other worlds are: ") +
             restore_backup);
  into_.worlds.push_back(std::move(world));
}

void lists::find_keys_of_worlds() {
  find_keys_in(family::heads, "a head");
  find_keys_in(family::bases, "a base");
  find_keys_in(family::commits, "commits");
  find_keys_in(family::snapshots, "snapshots");
  find_keys_in(family::answers, "answers");
}

/// Jumps from world to world.
void lists::find_keys_in(family f, const char* what) {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const auto it = engine_.iterate(f, options);
  it->SeekToFirst();
  while (it->Valid()) {
    if (it->key().size() < world_key_bytes) {
      note(verdict::damaged, std::string("a key of ") + what + " is cut short", restore_backup);
      it->Next();
      continue;
    }
    const core::world_number number = world_of(it->key());
    std::string& kept = keys_of_[number];
    kept += (kept.empty() ? "" : ", ") + std::string(what);
    if (number == world_max) break;
    it->Seek(world_key(number + 1));
  }
  note_unreadable((std::string(what) + " cannot be listed").c_str(), it->status());
}

void lists::judge_strangers() {
  for (const auto& [number, state] : listed_) {
    if (state == entry_state::living) continue;
    const auto kept = keys_of_.find(number);
    const std::string rest = kept == keys_of_.end() ? "nothing but its mark" : kept->second;
    note(verdict::sound,
         world_name(number) +
             (state == entry_state::deleted ? " was deleted, and "
                                            : " was not imported to its end, and ") +
             rest + " is left of it",
         "the next start of a server takes it off the disk");
  }
  for (const auto& [number, kept] : keys_of_) {
    if (listed_.contains(number)) continue;
    note(verdict::damaged,
         world_name(number) + " should be in the list of worlds, since there is " + kept +
             ", and is missing there",
         std::string("nothing reads it any more: ") + restore_backup);
  }
}

/// A number that is given twice would mix two histories.
void lists::check_next_world() {
  core::world_number last = listed_.empty() ? 0 : listed_.rbegin()->first;
  if (!keys_of_.empty()) last = std::max(last, keys_of_.rbegin()->first);
  const auto stored = engine_.get(family::meta, "next_world");
  std::uint64_t next = 1;
  bool readable = bool{stored};
  if (readable && *stored) {
    core::byte_reader in(**stored);
    next = in.varint();
    readable = in.ok();
  }
  if (readable && next > last) return;
  note(verdict::damaged,
       "the number of the next world should be above " + std::to_string(last) + ", is " +
           (readable ? std::to_string(next) : "not readable"),
       std::string("make no world in this folder, it could get the number of another one: ") +
           restore_backup);
}

void lists::check_catalogues() {
  const auto it = engine_.iterate(family::plugins, rocksdb::ReadOptions());
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const auto known = core::decode_catalogue({it->value().data(), it->value().size()});
    const bool is_key = it->key().size() == sizeof(std::uint64_t);
    const std::uint64_t digest =
        is_key ? detail::get_big_endian({it->key().data(), it->key().size()}) : 0;
    if (known && is_key && known->digest() == digest) continue;
    note(verdict::usable_with_care,
         "catalogue " + to_hex(digest) + " should have that digest, is " +
             (known ? "another one" : "not readable"),
         "reading cannot begin at commits that name it; a replay from the first record does "
         "without it, and so does `unscripted history export`");
  }
  note_unreadable("the catalogues cannot be read", it->status());
}

}  // namespace

void examine_lists(const store& from, checkup& into) { lists(from, into).examine(); }

}  // namespace unscripted::storage::doctor
