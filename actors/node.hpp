// What all actors of a process have in common. Set once, before the first actor is spawned.
#pragma once

#include "actors/activity.hpp"
#include "actors/address_book.hpp"
#include "actors/crew.hpp"
#include "actors/limits.hpp"
#include "actors/postman.hpp"
#include "actors/scheduler.hpp"
#include "storage/store.hpp"

#include <functional>
#include <memory>
#include <string>

namespace unscripted::actors {

struct node {
  storage::store* store = nullptr;  // null with durability memory
  storage::durability durability = storage::durability::wal;
  world_limits limits;
  address_book book;
  activity so_far;
  crew helpers;
  std::unique_ptr<postman> post;  // null: worlds send by themselves
  sharing_scheduler* scheduler = nullptr;
  /// The last words of the process: a write failed. Must not return.
  std::function<void(const std::string&)> fatal;
  /// A line for the log: something that the server's owner should know.
  std::function<void(const std::string&)> warn;
};

}  // namespace unscripted::actors
