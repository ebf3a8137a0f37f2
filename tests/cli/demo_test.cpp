// `demo`, `simulate` and `bench`, by the real program: bots on real sockets.

#include "tests/cli/process.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace unscripted::tests;

namespace {

struct folder {
  folder() : path(fresh_folder()) {}
  ~folder() { std::filesystem::remove_all(path); }

  std::filesystem::path path;
};

/// A demo on a free port, whose output is one JSON object.
finished demo(const folder& data, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(),
                   {"demo", "--json", "--tcp", "127.0.0.1:0", "--data", data.path.string()});
  auto ended = run(arguments);
  CAPTURE(ended.out, ended.err);
  CHECK(ended.exit_code == 0);
  return ended;
}

}  // namespace

TEST_CASE("the summary of a demo has all its fields") {
  const folder data;
  const auto ended = demo(data, {"--bots", "3", "--wells", "1", "--seed", "5", "--ticks", "20"});

  CHECK(member(ended.out, "world") == "eden");
  CHECK(member(ended.out, "seed") == "5");
  CHECK(member(ended.out, "tick") == "20");
  CHECK(member(ended.out, "actions") == "60");
  CHECK(member(ended.out, "population") == "3");
  CHECK(member(ended.out, "deaths") == "{}");
  for (const auto* name : {"ticks_per_s", "actions_per_s", "years_lived", "seq", "hash"}) {
    CHECK_FALSE(member(ended.out, name).empty());
  }
  CHECK(ended.err.empty());
}

TEST_CASE("in lockstep clients and hosted minds live the same life, on any number of threads") {
  const std::vector<std::string> life{"--pace",  "lockstep", "--seed",      "42",
                                      "--ticks", "700",      "--die-sooner"};
  std::vector<std::string> hashes, sequences;
  for (const std::vector<std::string>& way : {std::vector<std::string>{},
                                              {"--hosted"},
                                              {"--hosted", "--threads", "1"},
                                              {"--hosted", "--threads", "4"},
                                              {"--threads", "1"}}) {
    const folder data;
    auto arguments = life;
    arguments.insert(arguments.end(), way.begin(), way.end());
    const auto ended = demo(data, arguments);
    hashes.push_back(member(ended.out, "hash"));
    sequences.push_back(member(ended.out, "seq"));
    CHECK(member(ended.out, "tick") == "700");
    CHECK(member(ended.out, "deaths") != "{}");
  }

  CHECK(hashes == std::vector<std::string>(hashes.size(), hashes.front()));
  CHECK(sequences == std::vector<std::string>(sequences.size(), sequences.front()));
}

TEST_CASE("the next demo goes on with the same world") {
  const folder data;
  const auto first = demo(data, {"--ticks", "50", "--wells", "3"});
  const auto second = demo(data, {"--ticks", "30"});
  const auto third = demo(data, {"--ticks", "5", "--bots", "12"});

  CHECK(member(second.out, "seed") == member(first.out, "seed"));
  CHECK(member(first.out, "tick") == "50");
  CHECK(member(second.out, "tick") == "80");
  CHECK(member(second.out, "population") == "10");
  CHECK(member(third.out, "tick") == "85");
  CHECK(member(third.out, "population") == "12");
}

// Where bots die, a heir's place is drawn by the sequence of the death, which a pause shifts by
// one.
TEST_CASE("in lockstep two halves end where the whole does, as long as nobody dies") {
  const folder whole, halves;
  const std::vector<std::string> life{"--pace", "lockstep", "--seed", "9"};
  const auto with_ticks = [&](const char* ticks) {
    auto arguments = life;
    arguments.insert(arguments.end(), {"--ticks", ticks});
    return arguments;
  };
  const auto once = demo(whole, with_ticks("400"));
  demo(halves, with_ticks("150"));
  const auto twice = demo(halves, with_ticks("250"));

  CHECK(member(twice.out, "tick") == "400");
  CHECK(member(twice.out, "hash") == member(once.out, "hash"));
}

TEST_CASE("Ctrl-C ends a demo cleanly and the next one goes on") {
  const folder data;
  for (const bool hosted : {false, true}) {
    std::vector<std::string> arguments{"demo", "--tcp", "127.0.0.1:0", "--data",
                                       data.path.string()};
    if (hosted) arguments.emplace_back("--hosted");
    process running(arguments);
    running.wait_for_line("Ctrl-C");
    running.send(SIGINT);
    const auto ended = running.finish();

    CAPTURE(ended.err);
    CHECK(ended.exit_code == 0);
    CHECK(ended.out.find("population") != std::string::npos);
  }
}

TEST_CASE("a demo that is told another seed than its world has is wrong usage") {
  const folder data;
  demo(data, {"--ticks", "1", "--seed", "1"});
  const auto ended = run({"demo", "--tcp", "127.0.0.1:0", "--data", data.path.string(), "--ticks",
                          "1", "--seed", "2"});

  CHECK(ended.exit_code == 2);
  CHECK(ended.err.find("--seed") != std::string::npos);
}

TEST_CASE("a demo does not leave the port that it was told") {
  const folder data;
  test_server first;
  const auto ended =
      run({"demo", "--data", data.path.string(), "--ticks", "1", "--tcp", first.address()});

  CHECK(ended.exit_code == 1);  // this one asked for the port that is taken
  CHECK_FALSE(ended.err.empty());
}

TEST_CASE("clients alone live in a world of a running server") {
  test_server server;
  server.ask({"world", "create", "eden", "--seed", "3"});
  const auto first = server.ask({"simulate", "--bots", "4", "--seconds", "0.3", "--json"});
  const auto second = server.ask({"simulate", "--bots", "6", "--seconds", "0.1"});

  CHECK(first.exit_code == 0);
  CHECK(member(first.out, "population") == "4");
  CHECK(member(first.out, "actions") != "0");
  CHECK(second.exit_code == 0);
  CHECK(second.out.find("6 bots") != std::string::npos);
  CHECK(server.ask({"simulate", "--world", "nowhere"}).exit_code == 1);
}

TEST_CASE("clients end when their server does") {
  test_server server({"--durability", "memory"});
  server.ask({"world", "create", "eden"});
  process clients({"simulate", "--bots", "2", "--server", server.address()});
  while (member(server.ask({"world", "show", "eden", "--json"}).out, "tick") == "0") {
    // Until the bots live.
  }
  CHECK(server.ask({"stop"}).exit_code == 0);

  const auto ended = clients.finish();
  CHECK(ended.exit_code == 0);
  CHECK(ended.err.find("stopped") != std::string::npos);
}

TEST_CASE("each bench measures something, in a server of its own or another") {
  test_server server;
  for (const std::string kind : {"conn", "act", "simulate"}) {
    for (const bool own : {true, false}) {
      std::vector<std::string> arguments{"bench",     kind,  "--connections", "3",
                                         "--seconds", "0.1", "--json"};
      if (!own) arguments.insert(arguments.end(), {"--server", server.address()});
      const auto ended = run(arguments);
      CAPTURE(arguments, ended.out, ended.err);
      REQUIRE(ended.exit_code == 0);
      CHECK(std::stoull(member(ended.out, "operations")) > 0);
      CHECK(member(ended.out, "errors") == "0");
      CHECK(member(ended.out, "connections") == "3");
      CHECK(std::stod(member(ended.out, "p50_us")) > 0);
      CHECK(std::stod(member(ended.out, "p50_us")) <= std::stod(member(ended.out, "p999_us")));
    }
  }
  CHECK(server.ask({"world", "list"}).out.find("no worlds") != std::string::npos);
  CHECK(run({"bench", "act", "--inflight", "8", "--seconds", "0.1", "--durability", "memory"})
            .out.find("memory") != std::string::npos);
}
