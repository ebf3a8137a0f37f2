#include "tests/actors/server.hpp"

#include "plugins/loader.hpp"
#include "storage/verify.hpp"

#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace unscripted::actors::test {

core::catalogue_ptr shipped_catalogue() {
  static const core::catalogue_ptr all = [] {
    const auto loaded = plugins::load({UNSCRIPTED_PLUGINS_DIR});
    REQUIRE(loaded);
    REQUIRE(loaded->refusals.empty());
    return loaded->catalogue;
  }();
  return all;
}

std::unique_ptr<storage::store> open_store(const std::filesystem::path& folder) {
  auto store = storage::store::open(folder, storage::durability::wal);
  REQUIRE(store);
  return std::move(*store);
}

struct server::log {
  std::mutex mutex;
  std::vector<std::string> lines;
};

server::server(unsigned threads, storage::store* store)
  : store_(store), log_(std::make_shared<log>()), client_(std::make_shared<recorder>(1)) {
  engine_options how;
  how.store = store;
  how.durability = store ? storage::durability::wal : storage::durability::memory;
  how.catalogue = shipped_catalogue();
  how.threads = threads;
  how.fatal = [](const std::string& line) {
    std::fprintf(stderr, "a write failed: %s\n", line.c_str());
    std::_Exit(1);
  };
  how.warn = [lines = log_](const std::string& line) {
    const std::lock_guard lock{lines->mutex};
    lines->lines.push_back(line);
  };
  engine_ = std::make_unique<engine>(std::move(how));
  port_ = engine_->open_port(client_);
}

server::~server() {
  port_.reset();
  engine_.reset();
  if (store_) verify_all();
}

/// Whatever a test made the worlds do is decided again, and comes out the same.
void server::verify_all() const {
  const auto worlds = store_->worlds();
  if (!worlds) return;
  storage::verify_options how;
  how.catalogue = shipped_catalogue();
  for (const storage::world_entry& w : *worlds) {
    const auto found = storage::verify(*store_, w.number, how);
    if (!found || found->differing > 0) {
      std::fprintf(stderr, "world %u does not verify\n", static_cast<unsigned>(w.number));
      std::_Exit(1);
    }
  }
}

std::string server::ask(core::world_number world, world_request what) {
  const std::string id = std::to_string(++asked_);
  port_->submit(world, {id, 0, {}, 0}, std::move(what));
  port_->flush();
  return client_->wait_for(id);
}

core::world_number server::found(const population& p) {
  core::world_wish wish;
  wish.name = p.name;
  wish.seed = p.seed;
  wish.pace = p.pace;
  wish.dims = core::vec3{core::from_metres(p.metres), 10'000'000, core::from_metres(p.metres)};
  wish.capacity = {{"bot", p.bots + p.room}, {"thing", p.bots + p.wells + p.room}};
  wish.rules = {{"day", p.day}, {"lifespan", p.lifespan}};
  wish.pause_at = 0;
  wish.speed = p.speed;
  wish.deadline_ms = p.deadline_ms;
  const std::string id = std::to_string(++asked_);
  engine_->create_world(client_, {id, 0, {}, 0}, wish);
  const std::string answer = client_->wait_for(id);
  INFO(answer);
  REQUIRE(answer.starts_with("world"));
  const core::world_number world = find(p.name);
  for (unsigned i = 0; i < p.wells; ++i) REQUIRE(ask(world, make("well")).starts_with("thing"));
  for (unsigned i = 0; i < p.bots; ++i)
    REQUIRE(ask(world, make("bot", "random")).starts_with("thing"));
  return world;
}

core::world_number server::find(const std::string& name) const {
  const auto world = engine_->find_world(name);
  REQUIRE(world);
  return *world;
}

standing server::show(core::world_number world) {
  const std::string answer = ask(world, show_world_request{});
  INFO(answer);
  standing s;
  unsigned long long seq = 0, tick = 0, hash = 0;
  const int read =
      std::sscanf(answer.c_str(), "world seq %llu tick %llu hash %llu", &seq, &tick, &hash);
  REQUIRE(read == 3);
  return {seq, tick, hash};
}

void server::let_live(core::world_number world, std::uint64_t until) {
  const std::string answer = ask(world, pause_at(until));
  INFO(answer);
  REQUIRE(answer.starts_with("world"));
}

standing server::wait_for(core::world_number world, std::uint64_t tick) {
  for (;;)
    if (const standing now = show(world); now.tick >= tick) return now;
}

std::vector<std::string> server::warnings() const {
  const std::lock_guard lock{log_->mutex};
  return log_->lines;
}

}  // namespace unscripted::actors::test
