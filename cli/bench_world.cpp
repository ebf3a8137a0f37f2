#include "cli/bench_world.hpp"

#include "cli/connect.hpp"
#include "core/ids.hpp"
#include "gateway/json_writer.hpp"
#include "storage/commit.hpp"
#include "storage/playback.hpp"
#include "storage/store.hpp"

#include <algorithm>
#include <cmath>
#include <unistd.h>

namespace unscripted::cli {

namespace {

constexpr double square_metres_a_bot = 10;
constexpr std::uint32_t bots_a_well = 5;
constexpr std::uint32_t wells_min = 2;
constexpr std::uint64_t actions_of_ages = 1'000'000'000'000'000;  // more than anybody acts
constexpr std::uint32_t asked_at_once = 200;  // below what a connection may have under way

host_options options_of(const std::filesystem::path& data, const std::string& durability,
                        unsigned threads) {
  return {.data = data.string(),
          .tcp = "127.0.0.1:0",
          .durability = durability,
          .plugins = {},
          .threads = threads};
}

std::string creation_line(const char* method, const std::string& world, const char* key,
                          const std::string& value) {
  std::string line;
  gateway::json_writer json(line);
  json.begin_object().member("id", 1).member("method", method).key("params");
  json.begin_object().member("world", world).member(key, value).end_object().end_object();
  line += '\n';
  return line;
}

/// Sends the same request again and again.
void ask_often(const address& where, const std::string& line, std::uint32_t count,
               const std::function<void(std::uint32_t)>& answered) {
  if (count == 0) return;
  boost::asio::io_context io(1);
  auto socket = connect(io, where);
  std::string in;
  for (std::uint32_t left = count; left > 0;) {
    const auto some = std::min(left, asked_at_once);
    std::string lines;
    for (std::uint32_t i = 0; i < some; ++i) lines += line;
    send_all(socket, lines);
    for (std::uint32_t i = 0; i < some; ++i) {
      auto got = read_answer(receive_line(socket, in));
      if (auto* why = std::get_if<refusal>(&got)) throw refused(std::move(*why));
    }
    left -= some;
    if (answered) answered(count - left);
  }
}

template <class Result>
auto value_or_fail(Result got) {
  if (!got) throw failed(got.why().message);
  return std::move(*got);
}

/// The records of a world's history, all of which were gone through.
std::uint64_t replay(const storage::store& in, const lived_world& world,
                     core::world_number number) {
  auto at = value_or_fail(storage::playback::begin(in, number, 0));
  if (const auto why = at.advance_to(at.last_seq())) throw failed(why->message);
  const auto found = storage::to_hex(at.world().hash());
  if (found == world.hash) return at.last_seq();
  throw failed("the history of world " + world.id + " ends in the state " + found +
               ", the server showed " + world.hash + ": this is a bug in the program");
}

}  // namespace

bench_server::bench_server(const std::string& durability, unsigned threads) {
  const auto options = options_of(folder_.path(), durability, threads).to_server_options();
  server_ = start_server(options);
  where_ = address_of(*server_, options);
}

double crowded_side(std::uint32_t bots) {
  return std::max(10.0, std::ceil(std::sqrt(square_metres_a_bot * bots)));
}

std::uint32_t wells_among(std::uint32_t bots) { return std::max(wells_min, bots / bots_a_well); }

bench_world::bench_world(client& server, const address& where, const bench_wish& wish)
  : server_(server) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object()
      .member("name", wish.name + "-" + std::to_string(getpid()))
      .member("pace", wish.pace);
  if (wish.seed) json.member("seed", *wish.seed);
  if (wish.stands_still) json.member("pause_at", 0);
  json.key("rules").begin_object();
  if (wish.sight) json.member("sight", *wish.sight);
  if (wish.ageless) json.member("day", actions_of_ages).member("lifespan", actions_of_ages);
  json.end_object();
  json.key("dims").begin_array().value(wish.side).value(10).value(wish.side).end_array();
  json.key("capacity").begin_object();
  json.member("bot", wish.bots).member("thing", wish.bots + wish.wells);
  json.end_object().end_object();
  world_ = read_world(server.call("world.create", params).root());
  create_things(where, world_.id, "well", wish.wells);
}

bench_world::~bench_world() {
  if (is_kept_) return;
  try {
    std::string params;
    gateway::json_writer(params).begin_object().member("world", world_.id).end_object();
    server_.ask("world.delete", params);
  } catch (const std::exception&) {
    // The server is gone, and the world is not ours to delete any more.
  }
}

bench_world::bench_world(bench_world&& other) noexcept
  : server_(other.server_), world_(std::move(other.world_)),
    is_kept_(std::exchange(other.is_kept_, true)) {}

void bench_world::pause_at(std::optional<std::uint64_t> tick) {
  update_world(server_, world_.id,
               "\"pause_at\":" + (tick ? std::to_string(*tick) : std::string("null")));
}

void create_things(const address& where, const std::string& world, const std::string& kind,
                   std::uint32_t count) {
  ask_often(where, creation_line("thing.create", world, "kind", kind), count, nullptr);
}

void create_hosted_bots(const address& where, const std::string& world, std::uint32_t count,
                        const std::function<void(std::uint32_t)>& made) {
  ask_often(where, creation_line("bot.create", world, "mind", "random"), count, made);
}

kept_histories check_histories(const std::filesystem::path& data,
                               const std::vector<lived_world>& worlds, bool compact) {
  const auto store = value_or_fail(storage::store::open(data, storage::durability::wal));
  kept_histories kept;
  std::uint64_t disk = 0;
  for (const auto& world : worlds) {
    const auto number = core::parse_id(world.id).value_or(core::thing_id()).world;
    kept.records += replay(*store, world, number);
    if (compact) disk += value_or_fail(store->compact(number));
  }
  if (kept.records > 0)
    kept.disk_bytes = static_cast<double>(disk) / static_cast<double>(kept.records);
  return kept;
}

}  // namespace unscripted::cli
