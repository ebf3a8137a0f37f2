// The v1 API for one connection: from a query to requests of the engine, and their answers put
// together into one.
//
// v1 knows no sessions: each action names its bot, whatever connection brings it. So a connection
// acts in passing and speaks for nobody; what another client or a hosted mind speaks for it cannot
// move. Of a bot that died it moves the one that replaced it, so that a client which knows nothing
// of deaths goes on.
//
// One request at a time. Everything but encode() runs on the strand: begun by the door's thread,
// carried on by the worlds' and the postman's.
#pragma once

#include "actors/client.hpp"
#include "actors/engine.hpp"
#include "gateway/v1/door.hpp"
#include "gateway/v1/strand.hpp"
#include "gateway/v1/task.hpp"

#include <map>
#include <memory>
#include <string>
#include <variant>

namespace unscripted::gateway::v1 {

class api final : public connection,
                  public actors::client,
                  public std::enable_shared_from_this<api> {
public:
  api(hub& shared, reply_function answer, drop_function drop);

  /// Before the first request; it must be in a shared_ptr by then.
  void open();

  // -- connection ---------------------------------------------------------------------------------

  void take(request r) override;
  void close() override;

  // -- actors::client -----------------------------------------------------------------------------

  actors::connection_id id() const override { return id_; }
  void encode(std::string& out, const actors::ticket& t, const actors::answer& a,
              const actors::view* seen) override;
  void encode(std::string&, const actors::event&, const actors::view&) override {}
  void send(actors::outbox&& mail) override;
  std::size_t backlog() const override { return 0; }  // one answer at most is on its way
  void abort(std::string_view why) override;

private:
  using continuation = void (api::*)();

  // requests (requests.cpp)
  void begin(const request& r);
  void route(const std::string& verb, bool is_local);
  void show_server();
  void stop_server(bool is_local);
  void list();
  void make();
  void make_world();
  void make_thing(const std::string& kind);
  void act();
  void remove();
  void remove_worlds();
  void remove_found();
  void end_removal();

  // asking and answering (api.cpp)
  bool may(std::string_view method);
  core::result<actors::rights> rights_in(core::world_number world) const;
  std::uint64_t principal() const { return who_ ? who_->number : 0; }
  std::vector<core::world_number> worlds_asked() const;
  void begin_stage(std::size_t parts, continuation then);
  actors::ticket ticket_for(std::size_t part) const;
  void submit(core::world_number world, std::size_t part, actors::world_request what);
  void ask_worlds(task::aim wanted, continuation then);
  void end_stage();
  void arrive(const std::shared_ptr<task>& whose);
  void finish();
  void answer(const listing& l, std::string_view more = {});
  void fail(const failure& why);
  bool matters(const failure& why) const;
  void remember_heir();
  core::thing_id living(const core::thing_id& bot) const;

  hub& hub_;
  const reply_function answer_;
  const drop_function drop_;
  const actors::connection_id id_;
  strand strand_;
  std::unique_ptr<actors::port> port_;  // null before open() and after close()
  std::shared_ptr<task> task_;          // null between requests
  std::shared_ptr<network> from_;       // of the client; null: not counted
  continuation then_ = nullptr;
  grant_ptr who_;        // of the request
  std::string address_;  // likewise
  answer_ids ids_;
  std::map<core::thing_id, core::thing_id> heirs_;  // of bots that died under this client
};

}  // namespace unscripted::gateway::v1
