// A client of a simulated server: what it asks is drawn by lot, and it holds each answer against
// what it asked.
#pragma once

#include "gateway/access/grant.hpp"
#include "tests/simulation/connection.hpp"
#include "tests/simulation/witness.hpp"

#include <simdjson.h>

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace unscripted::simulation {

/// Over all lives of the server. Has bots in three worlds: free, lockstep, realtime.
class client {
public:
  client(std::size_t number, std::uint64_t seed, witness& all);

  /// From now on it shows this token, and tries what its role may and what it may not. Until then
  /// servers want none.
  void bear(gateway::role role, std::string token);
  /// One thing that a client does: connects, asks, reads some bytes, lets some arrive, or leaves.
  void turn(gateway::hub& server);
  /// The connection ends, and what was not answered is not known.
  void cut();
  /// After a loss of what was acknowledged: ids that it knows may be given to others now.
  void forget();
  /// Asks nothing new from now on, and reads as long as there is something.
  void settle();
  bool is_idle() const { return pending_.empty(); }

private:
  enum class what : std::uint8_t { world, passing, deletion, bot, thing, act, look, forbidden };
  struct asked {
    what kind = what::look;
    std::string world, bot, action, key;  // as far as it has them; `action`: or what is forbidden
    std::string params;                   // of an act, to ask again
  };
  struct bot {
    std::string id, world;
  };

  void ask();
  void ask_for(asked&& a, const std::string& method, const std::string& params);
  void found_worlds();
  void ask_something();
  void ask_forbidden();
  void ask_act();
  void ask_again();
  bool wants_bot(const std::string& world) const;

  // Whether its role lets it make bots; make worlds; do as it likes in all of them.
  bool plays() const { return manages() || role_ == gateway::role::bot; }
  bool founds() const { return manages() || role_ == gateway::role::owner; }
  bool manages() const { return role_ == gateway::role::anyone || role_ == gateway::role::admin; }

  void take(const std::string& line);
  void take_message(const std::string& line, simdjson::dom::element message);
  void take_answer(const asked& a, simdjson::dom::element message);
  void take_result(const asked& a, simdjson::dom::element result);
  void take_act(const asked& a, simdjson::dom::element result);
  void take_error(const asked& a, simdjson::dom::element error);
  void follow(std::string_view dead, simdjson::dom::element told);
  void hold_private(simdjson::dom::element shown);
  std::uint64_t draw(std::uint64_t below) { return chance_() % below; }
  bool one_in(std::uint64_t n) { return draw(n) == 0; }

  const std::size_t number_;
  std::mt19937_64 chance_;
  witness& all_;
  gateway::role role_ = gateway::role::anyone;
  std::string token_;
  simdjson::dom::parser parser_;
  std::unique_ptr<connection> to_;
  std::uint64_t last_id_ = 0, last_key_ = 0, last_name_ = 0;
  std::map<std::uint64_t, asked> pending_;
  std::deque<asked> unsure_, sure_;  // acts with a key: not known whether decided; answered
  std::vector<bot> bots_;
  std::set<std::string> mine_;  // ids of all bots that it ever had
  std::vector<std::string> passing_, wells_;
};

}  // namespace unscripted::simulation
