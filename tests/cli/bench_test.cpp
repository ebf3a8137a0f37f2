// Measures of lives and of the core: what they do must be the same each time. How fast it is, is
// for them to tell.

#include "cli/address.hpp"
#include "cli/bench_world.hpp"
#include "cli/client.hpp"
#include "tests/cli/process.hpp"

#include <catch2/catch.hpp>

using namespace unscripted;
using namespace unscripted::tests;

namespace {

/// What a measure prints with --json.
std::string measured(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "bench");
  arguments.emplace_back("--json");
  const auto ended = run(arguments);
  CAPTURE(arguments, ended.out, ended.err);
  REQUIRE(ended.exit_code == 0);
  return ended.out;
}

std::string hash_of(std::vector<std::string> arguments) {
  return member(measured(std::move(arguments)), "hash");
}

double number(const std::string& printed, const char* name) {
  return std::stod(member(printed, name));
}

}  // namespace

TEST_CASE("so many walks in a world of one size and seed end in the same state each time") {
  const std::vector<std::string> walks{"pactions", "--things", "100", "--actions", "5000"};
  const auto with = [&](const char* option, const char* value) {
    auto other = walks;
    other.insert(other.end(), {option, value});
    return hash_of(other);
  };
  const auto once = measured(walks);

  CHECK(member(once, "operations") == "5000");
  CHECK(member(once, "things") == "100");
  CHECK(member(once, "hash") == hash_of(walks));
  CHECK(member(once, "hash") == with("--seed", "1"));
  CHECK(member(once, "hash") != with("--seed", "2"));
  CHECK(hash_of({"pactions", "--actions", "5000"}) ==
        hash_of({"pactions", "--actions", "5000", "--things", "12"}));
}

TEST_CASE("hosted bots in lockstep end in the same state on any number of threads") {
  const auto life = [](const char* threads, const char* worlds) {
    return measured({"hosted", "--bots", "30", "--pace", "lockstep", "--ticks", "50", "--threads",
                     threads, "--worlds", worlds});
  };
  const auto one = life("1", "1"), two = life("2", "1"), both = life("2", "2");

  CHECK(member(one, "operations") == "1500");
  CHECK(number(one, "records") > 1500);
  CHECK(member(one, "hash").size() == 16);
  CHECK(member(one, "hash") == member(two, "hash"));
  CHECK(member(both, "operations") == "3000");
  CHECK(member(both, "hash") == member(life("1", "2"), "hash"));
  CHECK(member(both, "hash") != member(one, "hash"));
}

TEST_CASE("hosted bots are measured by time, with histories or without") {
  const auto kept = measured({"hosted", "--bots", "5", "--seconds", "0.1", "--disk"});
  const auto lost =
      measured({"hosted", "--bots", "1000", "--seconds", "0.1", "--durability", "memory"});

  CHECK(number(kept, "per_s") > 0);
  CHECK(number(kept, "records") > number(kept, "operations"));
  CHECK(number(kept, "disk_bytes") > 0);
  CHECK(member(kept, "bot_bytes") == "null");  // too few to tell
  CHECK(number(lost, "per_s") > 0);
  CHECK(number(lost, "bot_bytes") > 0);
  CHECK(member(lost, "records") == "0");
  CHECK(member(lost, "disk_bytes") == "null");
}

TEST_CASE("life is measured remote and hosted, and all of it is found in the histories") {
  const auto printed = measured({"life", "--bots", "3", "8", "--seconds", "0.1"});
  const simdjson::padded_string padded(printed);
  simdjson::dom::parser parser;
  const simdjson::dom::array worlds = parser.parse(padded)["worlds"];
  std::vector<std::string> seen;
  for (const auto world : worlds) {
    const std::uint64_t bots = world["bots"];
    seen.push_back(std::string(std::string_view(world["minds"])) + " " + std::to_string(bots));
    const double years = world["years_per_hour"], actions = world["actions_per_s"];
    const double times = world["times_life"], ticks = world["ticks_per_s"];
    CHECK(actions > 0);
    CHECK(years == Approx(actions * 3600 * 0.576 / (365.25 * 24 * 3600)));
    CHECK(times == Approx(ticks * 0.576));
    CHECK(std::uint64_t(world["records"]) > 0);
    CHECK(std::string_view(world["hash"]).size() == 16);
  }

  CHECK(seen == std::vector<std::string>{"remote 3", "hosted 3", "remote 8", "hosted 8"});
  CHECK(
      run({"bench", "life", "--bots", "3", "--seconds", "0.1"}).out.find("years of life an hour") !=
      std::string::npos);
}

TEST_CASE("a history that does not lead to what its server showed is found out") {
  const auto folder = fresh_folder();
  const auto lived = measured(
      {"history", "--records", "200", "--seeks", "1", "--data", (folder / "data").string()});
  const std::string world = "000000010000000000000000";

  CHECK(cli::check_histories(folder / "data", {{world, member(lived, "hash")}}, false).records >
        200);
  CHECK_THROWS_WITH(cli::check_histories(folder / "data", {{world, "0000000000000000"}}, false),
                    Catch::Contains(member(lived, "hash")));
  std::filesystem::remove_all(folder);
}

TEST_CASE("who only walks outlives every measure") {
  test_server server;
  const auto where = *cli::parse_address(server.address());
  cli::client control(where);
  cli::bench_world world(control, where, {.ageless = true});
  const auto shown = control.call("world.get", R"({"world":")" + world.about().id + "\"}");
  constexpr std::int64_t acts_of_an_hour = 3600 * 1'000'000LL;
  for (const char* rule : {"day", "lifespan"})
    CHECK(shown.root()["rules"][rule].get_int64().value() > acts_of_an_hour);

  // Where this machine is quick, more acts than a bot lives without water by default.
  const auto one = measured({"act", "--server", server.address(), "--connections", "1",
                             "--inflight", "64", "--seconds", "0.8"});
  CHECK(member(one, "errors") == "0");
}

TEST_CASE("echo sends the lines of act to a server, and counts what it answers") {
  test_server server;
  const auto ended = run({"bench", "echo", "--server", server.address(), "--connections", "2",
                          "--seconds", "0.05", "--json"});

  CHECK(std::stoull(member(ended.out, "operations")) > 0);
  CHECK(std::stoull(member(ended.out, "errors")) > 0);  // it knows no such bots
  CHECK(ended.exit_code == 1);
  CHECK(ended.err.find("there is no world") != std::string::npos);
}

TEST_CASE("a measure by time and by count at once is refused") {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"pactions", "--seconds", "1", "--actions", "10"},
        {"hosted", "--seconds", "1", "--ticks", "10"},
        {"hosted", "--pace", "realtime"},
        {"pactions", "--things", "0"},
        {"life", "--bots", "0"},
        {"echo"}}) {
    auto whole = arguments;
    whole.insert(whole.begin(), "bench");
    CAPTURE(whole);
    CHECK(run(whole).exit_code == 2);
  }
}
