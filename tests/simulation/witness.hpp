// What the clients of a simulated server were told, all together, held against itself and against
// what the histories say after the server ended.
#pragma once

#include "core/catalogue.hpp"
#include "core/ids.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace unscripted::simulation {

class witness {
public:
  /// The first thing that could not be; empty while there is none.
  const std::string& wrong() const { return wrong_; }
  void complain(const std::string& what);

  // -- what was acknowledged ----------------------------------------------------------------------

  void note_act(const core::thing_id& agent, const std::string& action, const std::string& key,
                std::uint64_t seq);
  void note_given(const core::thing_id& id);
  void note_bot(const std::string& id, std::size_t maker) { bots_.emplace_back(id, maker); }
  /// One that another client made, if it is alive or not; null where there is none.
  const std::string* bot_of_another(std::size_t client, std::uint64_t draw) const;
  /// From now on a server may say that the disk failed it.
  void note_disk_failed(bool has_failed) { has_disk_failed_ = has_failed; }
  bool has_disk_failed() const { return has_disk_failed_; }
  void note_world(core::world_number number) { standing_.insert(number); }
  /// From now on it may be there or not.
  void note_deletion_asked(core::world_number number) {
    standing_.erase(number);
    synced_.erase(number);
  }
  void note_deleted(core::world_number number) { deleted_.insert(number); }
  /// What was acknowledged until now is on the disk: no loss of power takes it.
  void note_synced();
  std::size_t acts() const { return acts_noted_; }

  // -- and what is there --------------------------------------------------------------------------

  /// `may_be_short`: the last of what was acknowledged may be gone, and counts no more.
  void hold(storage::store& s, const core::catalogue_ptr& catalogue, bool may_be_short);
  /// Of all worlds as they were held last: their numbers, sequences and state hashes.
  std::uint64_t digest() const { return digest_; }

private:
  struct act {
    core::serial agent = core::no_thing;
    std::string action, key;
  };
  struct memory {
    std::map<std::uint64_t, act> acts;  // by sequence
    std::map<std::pair<core::serial, std::string>, std::uint64_t> keys;
    std::set<core::serial> given;
    std::uint64_t synced = 0;  // the last act that no loss of power takes
  };

  void hold_world(storage::store& s, core::world_number number,
                  const core::catalogue_ptr& catalogue, bool may_be_short);
  void hold_records(storage::store& s, core::world_number number, std::uint64_t last);
  void hold_places(const core::world& w);
  static void forget_beyond(memory& m, const core::world& end);

  std::string wrong_;
  std::map<core::world_number, memory> worlds_;
  std::set<core::world_number> standing_, deleted_;
  std::set<core::world_number> synced_;  // those of standing_ that no loss of power takes
  std::vector<std::pair<std::string, std::size_t>> bots_;
  bool has_disk_failed_ = false;
  std::size_t acts_noted_ = 0;
  std::uint64_t digest_ = 0;
};

}  // namespace unscripted::simulation
