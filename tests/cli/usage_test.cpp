// What the program says and how it ends without any server.

#include "cli/completion.hpp"
#include "cli/verb.hpp"
#include "gateway/methods.hpp"
#include "tests/cli/process.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <sstream>

using namespace unscripted;
using namespace unscripted::tests;
using cli::words_of;

namespace {

// Nothing listens there: it needs a privilege, and no service of that name is left.
constexpr const char* nowhere = "127.0.0.1:1";

std::unique_ptr<CLI::App> command_line() {
  static cli::chosen_verb chosen;
  return cli::make_command_line(chosen);
}

std::vector<std::string> split(const std::string& path) {
  std::istringstream words(path);
  return {std::istream_iterator<std::string>(words), {}};
}

}  // namespace

TEST_CASE("help ends with 0, names each verb, and shows an example of it") {
  CHECK(run({"--help"}).exit_code == 0);
  for (const auto& verb : words_of(*command_line())) {
    if (verb.path.empty()) continue;
    auto arguments = split(verb.path);
    arguments.emplace_back("--help");
    const auto help = run(arguments);
    CAPTURE(verb.path);
    CHECK(help.exit_code == 0);
    CHECK(help.out.find("Example:\n  unscripted " + verb.path) != std::string::npos);
    // A script for a shell is what it is.
    const bool has_json = !verb.verbs.empty() || verb.path == "completion";
    CHECK((has_json || help.out.find("--json") != std::string::npos));
  }
}

TEST_CASE("each method of the protocol has a verb, whose help names it") {
  simdjson::dom::parser parser;
  const simdjson::dom::object methods = parser.parse(gateway::methods::describe());
  const auto app = command_line();
  std::set<std::string> described;
  for (const auto [name, method] : methods) described.emplace(name);
  for (const auto& m : cli::method_verbs()) {
    CAPTURE(m.method, m.verb);
    CHECK(described.erase(std::string(m.method)) == 1);
    CLI::App* verb = app.get();
    for (const auto& word : split(std::string(m.verb))) verb = verb->get_subcommand(word);
    const auto line = "Method of the protocol: " + std::string(m.method);
    CHECK((verb->get_footer().find(line) == std::string::npos) == !m.note.empty());
  }
  CAPTURE(described);
  CHECK(described.empty());
}

TEST_CASE("wrong usage ends with 2 and says what is wrong") {
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
      {{}, "say which verb; `unscripted --help`"},
      {{"wrld"}, "no verb `wrld`; `unscripted --help`"},
      {{"--nope"}, "no verb `--nope`"},
      {{"world"}, "say which verb; `unscripted world --help`"},
      {{"world", "wonder", "eden"}, "no verb `wonder`; `unscripted world --help`"},
      {{"world", "show"}, "world"},
      {{"status", "--nope"}, "--nope"},
      {{"status", "--server", "here"}, "HOST:PORT"},
      {{"serve", "--durability", "forever"}, "forever"},
      {{"serve", "--tcp", "4000"}, "HOST:PORT"},
      {{"serve", "--threads", "-1"}, "threads"},
      {{"serve", "--config", "nowhere.toml"}, "nowhere.toml"},
      {{"demo", "--seconds", "1", "--ticks", "1"}, "--ticks"},
      {{"demo", "--pace", "slow"}, "slow"},
      {{"demo", "--bots", "x"}, "bots"},
      {{"act", "000000010000000000000001", "walk", "angle"}, "key=value"},
      {{"act", "000000010000000000000001", "walk", "angle=1e999"}, "1e999"},
      {{"world", "create", "--dims", "1"}, "--dims"},
      {{"world", "create", "--pause-at", "noon"}, "--pause-at"},
      {{"thing", "create", "well", "--dims", "1,1"}, "--dims"},
      {{"thing", "update", "000000010000000000000001"}, "nothing to change"},
      {{"call"}, "method"},
      {{"call", "ping", "{\"a\":"}, "no JSON object"},
      {{"call", "ping", "a=[1"}, "begins like JSON"},
      {{"follow"}, "--bot"},
      {{"watch"}, "world"},
      {{"watch", "eden", "--speed", "2"}, "--at"},
      {{"watch", "eden", "--max-hz", "0"}, "--max-hz"},
      {{"completion", "fish"}, "fish"},
      {{"bot", "create", "--female", "--male"}, "male"},
      {{"plugin", "new", "Jump"}, "`Jump` is not a name"},
      {{"plugin", "new", "jump", "--id", "jump"}, "org.example.jump"},
      {{"history", "state", "eden", "--at", "noon"}, "seq:N or tick:N"},
      {{"history", "replay", "eden", "--speed", "fast"}, "max"},
      {{"history", "prune", "eden"}, "--before"},
      {{"history", "stats", "eden", "--data", "d", "--server", nowhere}, "--data"},
      {{"world", "update", "eden"}, "nothing to change"},
      {{"restore", "backups"}, "--data"},
      {{"bench", "act", "--inflight", "0"}, "inflight"},
      {{"bench", "act", "--server", nowhere, "--durability", "wal"}, "--durability"}};
  for (const auto& [arguments, word] : wrong) {
    const auto ended = run(arguments);
    CAPTURE(arguments, ended.err);
    CHECK(ended.exit_code == 2);
    CHECK(ended.out.empty());
    CHECK(ended.err.find(word) != std::string::npos);
  }
}

TEST_CASE("no server ends with 3 and says where there is none") {
  for (const std::vector<std::string>& verb : {std::vector<std::string>{"status"},
                                               {"stop"},
                                               {"world", "list"},
                                               {"simulate"},
                                               {"hello"},
                                               {"ping"},
                                               {"describe", "walk"},
                                               {"call", "ping"},
                                               {"watch", "eden"},
                                               {"watch", "eden", "--once"},
                                               {"follow", "eden"},
                                               {"see", "000000010000000000000001"},
                                               {"history", "stats", "eden"},
                                               {"history", "bisect", "eden", "--when", "tick > 1"},
                                               {"world", "fork", "eden"},
                                               {"backup", "backups"},
                                               {"act", "000000010000000000000001", "walk"},
                                               {"bench", "conn"}}) {
    auto arguments = verb;
    arguments.insert(arguments.end(), {"--server", nowhere});
    const auto ended = run(arguments);
    CAPTURE(arguments, ended.err);
    CHECK(ended.exit_code == 3);
    CHECK(ended.err.find(nowhere) != std::string::npos);
  }
}

TEST_CASE("the server may come from the environment, and a flag comes first") {
  CHECK(run({"status"}, {"UNSCRIPTED_SERVER=127.0.0.1:1"}).err.find("127.0.0.1:1:") !=
        std::string::npos);
  CHECK(run({"status", "--server", nowhere}, {"UNSCRIPTED_SERVER=127.0.0.1:2"})
            .err.find("127.0.0.1:1:") != std::string::npos);
  CHECK(run({"status"}, {"UNSCRIPTED_SERVER=here"}).exit_code == 2);
}

TEST_CASE("the version is told without a server") {
  const auto text = run({"version"});
  const auto json = run({"version", "--json"});

  CHECK(text.exit_code == 0);
  CHECK(text.out.find("unscripted ") == 0);
  CHECK(run({"--version"}).out == text.out);
  CHECK(member(json.out, "protocol") == "1");
  CHECK_FALSE(member(json.out, "version").empty());
}

TEST_CASE("a history is measured without a server, and is the same whatever its commits are") {
  const auto measure = [](const std::string& commit) {
    return run(
        {"bench", "history", "--records", "3000", "--seeks", "5", "--commit", commit, "--json"});
  };
  const auto singly = measure("1"), together = measure("100");

  CHECK(singly.exit_code == 0);
  CHECK(member(singly.out, "bench") == "history");
  CHECK(member(singly.out, "records") == "3000");
  CHECK(member(singly.out, "hash").size() == 16);
  CHECK(member(singly.out, "hash") == member(together.out, "hash"));
  CHECK(std::stod(member(singly.out, "raw_bytes")) > std::stod(member(together.out, "raw_bytes")));
}

TEST_CASE("the core is measured without a server") {
  const auto ended = run({"bench", "pactions", "--seconds", "0.05", "--json"});

  CHECK(ended.exit_code == 0);
  CHECK(member(ended.out, "bench") == "pactions");
  CHECK(std::stoull(member(ended.out, "operations")) > 0);
  CHECK(member(ended.out, "errors") == "0");
  CHECK(member(ended.out, "hash").size() == 16);
}
