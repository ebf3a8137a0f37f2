// Where measures take place: a server in this process, and worlds made for the occasion.
//
// Worlds that bots live in are equally crowded: ten bots and two wells on 100 m², or as much of
// that as there are bots. So what a step costs can be compared by the size of a world alone.
#pragma once

#include "cli/client.hpp"
#include "cli/host.hpp"
#include "cli/world_view.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace unscripted::cli {

/// On a folder that is removed at the end; gone with this object, or before.
class bench_server {
public:
  /// `durability` as for `serve`; `threads` 0: one a core. Throws failed. [blocking]
  bench_server(const std::string& durability, unsigned threads);

  const address& where() const { return where_; }
  /// Of the histories; they stay until the end of this object.
  std::filesystem::path data() const { return folder_.path(); }
  /// Stops the server; what was acknowledged is in the folder. [blocking]
  void stop() { server_.reset(); }

private:
  temporary_folder folder_;
  std::unique_ptr<gateway::server> server_;
  address where_;
};

/// The side of the square that so many bots live on, in whole metres; at least 10.
double crowded_side(std::uint32_t bots);
/// How many wells they have; at least 2.
std::uint32_t wells_among(std::uint32_t bots);

struct bench_wish {
  std::string name = "bench";        // the number of this process follows
  std::uint32_t bots = 10;           // that there is room for
  std::uint32_t wells = 0;           // made at once
  double side = 10;                  // m
  std::string pace = "free";         // or lockstep
  bool stands_still = false;         // until pause_at says otherwise
  std::optional<double> sight = {};  // m, how far bots see; else as worlds have it
  bool ageless = false;              // nobody dies of thirst or age, however often it acts
  std::optional<std::uint64_t> seed = {};
};

/// One world of a server; deleted at the end, unless kept. The client must outlive it.
class bench_world {
public:
  /// Throws refused or cannot_connect. [blocking]
  bench_world(client& server, const address& where, const bench_wish& wish);
  ~bench_world();
  bench_world(bench_world&& other) noexcept;
  bench_world& operator=(bench_world&&) = delete;

  /// As it was when it was made.
  const world_sample& about() const { return world_; }
  world_sample now() { return sample_world(server_, world_.id); }
  /// It stands still from this tick on; null: it goes on without an end.
  void pause_at(std::optional<std::uint64_t> tick);
  void keep() { is_kept_ = true; }

private:
  client& server_;
  world_sample world_;
  bool is_kept_ = false;
};

/// So many things of a kind, or bots with minds in the server, at places that the world draws.
/// Asked for on a connection of its own, many at a time. Throws refused or cannot_connect.
/// [blocking]
void create_things(const address& where, const std::string& world, const std::string& kind,
                   std::uint32_t count);
/// `made` is told now and then how many there are.
void create_hosted_bots(const address& where, const std::string& world, std::uint32_t count,
                        const std::function<void(std::uint32_t)>& made);

/// What a world came to by its server, and by its history.
struct lived_world {
  std::string id;    // 24 hex digits
  std::string hash;  // the server's, at the end
};
struct kept_histories {
  std::uint64_t records = 0;
  double disk_bytes = 0;  // a record, after compaction; 0 where that was not asked for
};

/// Goes through the histories in a folder that no server has open, from the first record to the
/// last. Throws failed where one is not readable, or does not end in the state that the server
/// showed: then a step was not recorded, or not as it was taken. [blocking]
kept_histories check_histories(const std::filesystem::path& data,
                               const std::vector<lived_world>& worlds, bool compact);

}  // namespace unscripted::cli
