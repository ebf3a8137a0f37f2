// Every conversation between actors, on one screen. None of these leaves the process.
//
//   connection --delivery--> bot actor --delivery--> world actor      actions, and what a bot sees
//   connection --delivery--> world actor                              everything else about a world
//   connection --creation, adoption, deletion--> directory            worlds come and go
//   directory --founding, recovery, dooming--> world actor --started, doomed, failed--> directory
//   engine --plugin_change--> directory --plugin_offer--> world actor --plugin_answer--> directory
//   world actor --commit_now, mind_choices, alarm--> itself
#pragma once

#include "actors/spare.hpp"
#include "actors/world_keeper.hpp"

#include <caf/all.hpp>

#include <functional>
#include <string>
#include <vector>

namespace unscripted::actors {

/// Of 64 connections that send 64 requests at once: 1.3 MiB a thread.
using spare_requests = spare<std::vector<numbered_request>, 64, 64>;

/// Requests of one connection, in its order.
struct delivery {
  client_ptr from;
  connection_id who = 0;
  std::vector<numbered_request> requests;
};

/// What hosted minds chose.
struct mind_choices {
  std::vector<core::act_command> acts;
  core::catalogue_ptr catalogue;  // of the actions
};

struct commit_now {};

/// Begin a new world; answer the client.
struct founding {
  core::command first;
  std::vector<core::thing_wish> things;
  deciders with;
  client_ptr from;
  actors::ticket ticket;
  std::uint64_t principal = 0;
};

/// Go on with a world from its history; answer with `started`.
struct recovery {
  deciders with;
  client_ptr from;  // who is waiting for the world; may be null
  actors::ticket ticket;
  std::string name;  // that it has from now on; empty: as in its history
};

struct started {
  core::world_number number = 0;
  std::string trouble;     // empty: it lives
  bool is_founded = true;  // false: there is no first record, nobody was told that it exists
};

/// A handler threw: the world is to be started anew from its history, by another actor.
struct failed {
  core::world_number number = 0;
};

/// The world was deleted: answer nothing but that; let go of its history; say `doomed`.
struct dooming {};

struct doomed {
  core::world_number number = 0;
};

/// Commit what is uncommitted and end.
struct stopping {};

struct world_creation {
  client_ptr from;
  actors::ticket ticket;
  core::world_wish wish;
  std::vector<core::thing_wish> things = {};  // that it begins with
  std::uint64_t principal = 0;                // whose it is
};

/// A world whose history was written already (a fork, an import) is to live.
struct world_adoption {
  client_ptr from;
  actors::ticket ticket;
  core::world_number number = 0;
  std::string name;
  std::uint64_t principal = 0;
};

struct world_deletion {
  client_ptr from;
  actors::ticket ticket;
  core::world_number number = 0;
};

/// Other plugins are to decide in all worlds, also in those that begin later. `then` is told what
/// each made of it. A question changes nothing.
struct plugin_change {
  deciders next;
  bool is_question = false;
  std::function<void(std::vector<plugin_verdict>)> then;
};

struct plugin_offer {
  std::uint64_t round = 0;
  deciders next;
  bool is_question = false;
};

struct plugin_answer {
  std::uint64_t round = 0;
  plugin_verdict verdict;
};

/// Start all worlds of the store; answer with `all_started`.
struct start_all {};

struct all_started {
  std::vector<std::string> troubles;
};

}  // namespace unscripted::actors

#define UNSCRIPTED_MESSAGE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unscripted::actors::type)
UNSCRIPTED_MESSAGE(delivery)
UNSCRIPTED_MESSAGE(mind_choices)
UNSCRIPTED_MESSAGE(alarm)
UNSCRIPTED_MESSAGE(commit_now)
UNSCRIPTED_MESSAGE(founding)
UNSCRIPTED_MESSAGE(recovery)
UNSCRIPTED_MESSAGE(started)
UNSCRIPTED_MESSAGE(failed)
UNSCRIPTED_MESSAGE(dooming)
UNSCRIPTED_MESSAGE(doomed)
UNSCRIPTED_MESSAGE(stopping)
UNSCRIPTED_MESSAGE(world_creation)
UNSCRIPTED_MESSAGE(world_adoption)
UNSCRIPTED_MESSAGE(world_deletion)
UNSCRIPTED_MESSAGE(plugin_change)
UNSCRIPTED_MESSAGE(plugin_offer)
UNSCRIPTED_MESSAGE(plugin_answer)
UNSCRIPTED_MESSAGE(start_all)
UNSCRIPTED_MESSAGE(all_started)
#undef UNSCRIPTED_MESSAGE
