// `serve` and the verbs that ask it, by the real program.

#include "tests/cli/process.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>

using namespace unscripted::tests;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a server stops cleanly by a signal, or over the wire") {
  for (const int signal : {SIGINT, SIGTERM, 0}) {
    test_server server;
    if (signal != 0) server.program().send(signal);
    else CHECK(server.ask({"stop"}).exit_code == 0);

    const auto ended = server.program().finish();
    CAPTURE(signal, ended.err);
    CHECK(ended.exit_code == 0);
    CHECK(has(ended.out, "stopped"));
  }
}

TEST_CASE("serve prints what it uses and where that came from") {
  const auto data = fresh_folder();
  const auto file = data / "u.toml";
  std::ofstream(file) << "threads = 1\ndurability = \"fsync\"\n";
  process server({"serve", "--tcp", "127.0.0.1:0", "--config", file.string()},
                 {"UNSCRIPTED_DATA=" + (data / "worlds").string(), "UNSCRIPTED_DURABILITY=memory"});
  server.wait_for_line("listening on ");
  server.send(SIGTERM);
  const auto ended = server.finish();
  std::filesystem::remove_all(data);

  CHECK(ended.exit_code == 0);
  const auto line_of = [&](const std::string& name) {
    const auto begin = ended.out.find("\n" + name + " ");
    if (begin == std::string::npos) return std::string();
    return ended.out.substr(begin, ended.out.find('\n', begin + 1) - begin);
  };
  CHECK(has(line_of("tcp"), "flag"));
  CHECK(has(line_of("durability"), "memory"));
  CHECK(has(line_of("durability"), "UNSCRIPTED_DURABILITY"));
  CHECK(has(line_of("threads"), file.string()));
  CHECK(has(line_of("plugins"), "default"));
}

TEST_CASE("serve says the same as JSON") {
  const auto data = fresh_folder();
  process server({"serve", "--json", "--data", data.string(), "--tcp", "127.0.0.1:0"});
  const auto line = "{" + server.wait_for_line("{");
  server.send(SIGTERM);
  const auto ended = server.finish();
  std::filesystem::remove_all(data);

  CHECK(has(member(line, "listening"), "127.0.0.1:"));
  CHECK(member(member(member(line, "options"), "tcp"), "from") == "flag");
  CHECK(ended.out == line + "\n");
}

TEST_CASE("a server that cannot start ends with 1 and says why") {
  test_server server;

  const auto taken = run({"serve", "--durability", "memory", "--tcp", server.address()});
  CHECK(taken.exit_code == 1);
  CHECK(has(taken.err, server.address().substr(server.address().find(':') + 1)));
}

TEST_CASE("worlds are created, listed, shown and deleted") {
  test_server server({"--durability", "memory"});

  const auto created = server.ask({"world", "create", "eden", "--seed", "7", "--dims", "20,30",
                                   "--rule", "day=300", "--capacity", "bot=3", "--json"});
  REQUIRE(created.exit_code == 0);
  CHECK(member(created.out, "seed") == "7");
  CHECK(member(created.out, "dims") == "[20,10,30]");
  CHECK(member(member(created.out, "rules"), "day") == "300");
  CHECK(member(member(created.out, "capacity"), "bot") == "3");

  CHECK(has(server.ask({"world", "list"}).out, "eden"));
  CHECK(has(server.ask({"world", "show", "eden"}).out, "rules.day"));
  const auto shown = server.ask({"world", "show", "eden", "--json"});
  CHECK(member(shown.out, "id") == member(created.out, "id"));
  CHECK(shown.out.find('\n') == shown.out.size() - 1);

  CHECK(server.ask({"world", "delete", "eden"}).exit_code == 0);
  const auto gone = server.ask({"world", "show", "eden"});
  CHECK(gone.exit_code == 1);
  CHECK(has(gone.err, "not_found"));
  CHECK(has(server.ask({"world", "list"}).out, "no worlds"));
}

TEST_CASE("a bot is created and acts, and what the server refuses ends with 1") {
  test_server server({"--durability", "memory"});
  server.ask({"world", "create", "eden"});
  const auto bot =
      server.ask({"bot", "create", "--name", "ada", "--female", "--pos", "5,5", "--json"});
  REQUIRE(bot.exit_code == 0);
  const auto id = member(bot.out, "id");
  CHECK(member(bot.out, "name") == "ada");
  CHECK(member(member(bot.out, "props"), "female") == "true");

  const auto step = server.ask({"act", id, "walk", "angle=0.25", "--json"});
  CHECK(step.exit_code == 0);
  CHECK(member(step.out, "outcome") == "done");
  CHECK(member(step.out, "pos") == "[5,0,5.8]");
  CHECK(has(server.ask({"act", id, "pass", "--see"}).out, "nothing in sight"));
  CHECK(has(server.ask({"thing", "list", "--kind", "bot"}).out, id));
  CHECK(has(server.ask({"thing", "show", id}).out, "ada"));

  const auto far = server.ask({"act", id, "walk", "angle=7"});
  CHECK(far.exit_code == 1);
  CHECK(has(far.err, "angle"));
  CHECK(has(far.err, "invalid_params"));
  CHECK(server.ask({"act", id, "fly"}).exit_code == 1);
  CHECK(server.ask({"act", "ffffffffffffffffffffffff", "walk"}).exit_code == 1);
  CHECK(server.ask({"thing", "show", "x"}).exit_code == 1);
}

TEST_CASE("a world that stands still lets nobody act until it goes on") {
  test_server server({"--durability", "memory"});
  server.ask({"world", "create", "eden"});
  const auto id = member(server.ask({"bot", "create", "--json"}).out, "id");

  CHECK(server.ask({"world", "pause", "eden"}).exit_code == 0);
  const auto early = server.ask({"act", id, "pass"});
  CHECK(early.exit_code == 1);
  CHECK(has(early.err, "busy"));
  CHECK(server.ask({"world", "resume", "eden"}).exit_code == 0);
  CHECK(server.ask({"act", id, "pass"}).exit_code == 0);
}

TEST_CASE("plugins, histories and the server itself are shown") {
  test_server server;
  server.ask({"world", "create", "eden"});

  const auto plugins = server.ask({"plugin", "list"});
  for (const auto* name : {"walk", "drink", "pass", "life"}) CHECK(has(plugins.out, name));
  CHECK(has(server.ask({"history", "stats", "eden"}).out, "records"));
  CHECK(server.ask({"history", "stats", "eden", "--json"}).exit_code == 0);
  CHECK(server.ask({"history", "stats", "nowhere"}).exit_code == 1);
  CHECK(server.ask({"status"}).exit_code == 0);
  CHECK(server.ask({"status", "--json"}).out.front() == '{');
}
