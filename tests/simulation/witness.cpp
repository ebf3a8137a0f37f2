#include "tests/simulation/witness.hpp"

#include "core/mix.hpp"
#include "storage/history.hpp"
#include "storage/history_reader.hpp"
#include "storage/verify.hpp"

namespace unscripted::simulation {

namespace {

std::string in_words(core::world_number world, std::uint64_t seq) {
  return "world " + std::to_string(world) + ", record " + std::to_string(seq);
}

}  // namespace

void witness::complain(const std::string& what) {
  if (wrong_.empty()) wrong_ = what;
}

void witness::note_act(const core::thing_id& agent, const std::string& action,
                       const std::string& key, std::uint64_t seq) {
  ++acts_noted_;
  memory& m = worlds_[agent.world];
  if (!key.empty()) {
    const auto [known, is_new] = m.keys.emplace(std::pair{agent.thing, key}, seq);
    if (!is_new && known->second != seq)
      complain("key " + key + " was decided at " + std::to_string(known->second) + " and at " +
               std::to_string(seq));
  }
  const auto [known, is_new] = m.acts.emplace(seq, act{agent.thing, action, key});
  const bool is_repeated = !key.empty() && known->second.key == key;
  if (!is_new && !is_repeated) complain(in_words(agent.world, seq) + " was acknowledged twice");
}

void witness::note_given(const core::thing_id& id) {
  if (!worlds_[id.world].given.insert(id.thing).second)
    complain("id " + core::to_string(id) + " was given twice");
}

void witness::note_synced() {
  synced_ = standing_;
  for (auto& [number, m] : worlds_)
    if (!m.acts.empty()) m.synced = m.acts.rbegin()->first;
}

const std::string* witness::bot_of_another(std::size_t client, std::uint64_t draw) const {
  if (bots_.empty()) return nullptr;
  const auto& [id, maker] = bots_[draw % bots_.size()];
  return maker == client ? nullptr : &id;
}

void witness::hold(storage::store& s, const core::catalogue_ptr& catalogue, bool may_be_short) {
  const auto list = s.worlds();
  if (!list) return complain(list.why().message);
  std::set<core::world_number> there;
  for (const storage::world_entry& e : *list) there.insert(e.number);
  for (const core::world_number number : standing_)
    if (!there.contains(number) && (!may_be_short || synced_.contains(number)))
      complain("world " + std::to_string(number) + " is lost");
  for (const core::world_number number : deleted_)
    if (there.contains(number) && !may_be_short)
      complain("world " + std::to_string(number) + " is back");
  if (may_be_short) {
    std::erase_if(standing_, [&](core::world_number n) { return !there.contains(n); });
    std::erase_if(worlds_, [&](const auto& entry) { return !there.contains(entry.first); });
    deleted_.clear();
    bots_.clear();
  }
  digest_ = 0;
  for (const core::world_number number : there) hold_world(s, number, catalogue, may_be_short);
}

void witness::hold_world(storage::store& s, core::world_number number,
                         const core::catalogue_ptr& catalogue, bool may_be_short) {
  auto past = storage::history::open(s, number);
  if (!past) return complain(past.why().message);
  const auto back = past->recover();
  if (!back) return complain(back.why().message);
  const core::world& w = *back->world;
  if (w.seq() == 0) {  // entered, and never founded: the next start takes it away
    if (standing_.erase(number) > 0 && (!may_be_short || synced_.contains(number)))
      complain("world " + std::to_string(number) + " has lost its beginning");
    return;
  }
  memory& m = worlds_[number];
  if (may_be_short && m.synced > w.seq())
    return complain(in_words(number, m.synced) + " was synced, and " + std::to_string(w.seq()) +
                    " is the last");
  if (may_be_short) forget_beyond(m, w);
  if (!m.acts.empty() && m.acts.rbegin()->first > w.seq())
    return complain(in_words(number, m.acts.rbegin()->first) + " was acknowledged, and " +
                    std::to_string(w.seq()) + " is the last");
  if (!m.given.empty() && *m.given.rbegin() >= w.next_serial())
    return complain("world " + std::to_string(number) + " forgot a thing, and gives its id again");
  if (w.hash() != w.rehash()) complain("world " + std::to_string(number) + " has a wrong hash");
  hold_records(s, number, w.seq());
  hold_places(w);
  storage::verify_options how;
  how.catalogue = catalogue;
  const auto verified = storage::verify(s, number, how);
  if (!verified) return complain(verified.why().message);
  if (verified->differing > 0) complain(in_words(number, verified->first->seq) + " diverges");
  digest_ = core::mix(digest_, core::mix(number, core::mix(w.seq(), w.hash())));
}

// Without a gap; what was acknowledged is there as it was told; no key is there twice.
void witness::hold_records(storage::store& s, core::world_number number, std::uint64_t last) {
  storage::history_reader past(s, number);
  const memory& m = worlds_[number];
  std::uint64_t expected = 1, found = 0;
  std::set<std::pair<core::serial, std::string>> keys;
  const auto look = [&](const core::record& r) {
    if (r.seq != expected++) complain(in_words(number, r.seq) + " comes behind a gap");
    const auto known = m.acts.find(r.seq);
    const auto* did = std::get_if<core::act_command>(&r.command);
    if (did && !r.from.key.empty() && !keys.emplace(did->agent, r.from.key).second)
      complain("key " + r.from.key + " is recorded twice");
    if (known == m.acts.end()) return wrong_.empty();
    ++found;
    const act& a = known->second;
    const auto& actions = past.catalogue()->actions();
    if (!did || did->agent != a.agent || actions[did->action].name != a.action ||
        r.from.key != a.key)
      complain(in_words(number, r.seq) + " is not what was acknowledged");
    return wrong_.empty();
  };
  const auto read = past.read(1, last, look);
  if (!read) return complain(read.why().message);
  if (wrong_.empty() && (expected != last + 1 || found != m.acts.size()))
    complain("world " + std::to_string(number) + " lacks records");
}

void witness::hold_places(const core::world& w) {
  for (const core::serial id : w.serials()) {
    const core::thing& t = *w.find(id);
    if (t.is_carried() || !w.catalogue().kinds()[t.kind].solid) continue;
    if (w.occupied(t.occupied(), id))
      complain("thing " + std::to_string(id) + " stands in another");
  }
}

void witness::forget_beyond(memory& m, const core::world& end) {
  std::erase_if(m.acts, [&](const auto& entry) { return entry.first > end.seq(); });
  std::erase_if(m.keys, [&](const auto& entry) { return entry.second > end.seq(); });
  std::erase_if(m.given, [&](core::serial id) { return id >= end.next_serial(); });
}

}  // namespace unscripted::simulation
