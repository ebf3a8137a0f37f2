// Gathers the explanation of one thing, record by record. Internal to storage.
#pragma once

#include "core/world.hpp"
#include "storage/explain.hpp"
#include "storage/explain_reach.hpp"

#include <deque>
#include <map>
#include <string>
#include <utility>

namespace unscripted::storage {

/// What a record is called, when it was, and who did it. `known` names its action.
occasion occasion_of(const core::record& r, const core::catalogue& known);

/// Used by one thread. For each record before(), then after() with the state that it made.
class story {
public:
  story(core::serial thing, std::size_t few) : thing_(thing), few_(few), reach_(thing) {}

  /// The thing is in this state, with which what is left of its history begins.
  void begin_with(const core::world& w);
  /// With the state before the record, and the catalogue that names what is in it.
  void before(const core::world& w, const core::record& r, const core::catalogue_ptr& known);
  void after(const core::world& w);

  bool is_born() const { return is_born_; }
  bool is_over() const { return told_.end.has_value(); }

  /// With the last state. The story is of no use then.
  explanation take(const core::world& w);

private:
  using action_stories = std::map<std::pair<std::string, std::string>, action_story>;

  bool is_subject(const core::effect& e) const;
  void be_born(const core::record& r, const core::effect& birth);
  void take_effects(const core::world& w, const core::record& r);
  void configure(const core::world& w, const core::effect& e);
  void take_action(const core::record& r, const core::act_command& c);
  void write(value_story& of);
  void die(const core::world& w, const core::record& r);
  void keep(const core::record& r);
  void value_all(const core::thing& t);
  void value_world(const core::world& w);

  core::serial thing_;
  std::size_t few_;
  reach_watch reach_;
  explanation told_;
  bool is_born_ = false;
  core::catalogue_ptr known_;  // of the record that is being looked at
  occasion now_;               // likewise
  std::map<std::string, value_story> properties_;
  value_story place_, world_settings_, plugins_;
  action_stories did_, done_to_it_;
  std::deque<touching> last_;
};

}  // namespace unscripted::storage
