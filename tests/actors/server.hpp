// A server without doors: the real engine with the shipped plugins, and one client who asks.
#pragma once

#include "actors/engine.hpp"
#include "tests/actors/stage.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace unscripted::actors::test {

core::catalogue_ptr shipped_catalogue();
std::unique_ptr<storage::store> open_store(const std::filesystem::path& folder);

struct standing {
  std::uint64_t seq = 0, tick = 0, hash = 0;

  friend bool operator==(const standing&, const standing&) = default;
};

/// A world that stands still, with hosted minds and wells in it.
struct population {
  std::string name = "eden";
  std::uint64_t seed = 42;
  core::pace pace = core::pace::lockstep;
  unsigned bots = 10, wells = 2;
  unsigned room = 0;  // for more of both
  double speed = 1;
  std::uint32_t deadline_ms = 1000;
  double metres = 10;
  std::int64_t day = 300, lifespan = 3000;
};

class server {
public:
  explicit server(unsigned threads, storage::store* store = nullptr);
  ~server();

  /// Blocks until it is answered.
  std::string ask(core::world_number world, world_request what);
  core::world_number found(const population& p);
  core::world_number find(const std::string& name) const;
  standing show(core::world_number world);
  /// Lets the world go on, and no further than to that tick.
  void let_live(core::world_number world, std::uint64_t until);
  /// Blocks until the world reached the tick.
  standing wait_for(core::world_number world, std::uint64_t tick);
  engine& inside() { return *engine_; }

  /// What the engine said to its owner.
  std::vector<std::string> warnings() const;

private:
  struct log;

  void verify_all() const;

  storage::store* store_;
  std::shared_ptr<log> log_;
  std::unique_ptr<engine> engine_;
  std::shared_ptr<recorder> client_;
  std::unique_ptr<port> port_;
  std::uint64_t asked_ = 0;
};

}  // namespace unscripted::actors::test
