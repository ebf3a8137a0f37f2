#include "tests/gateway/v1_server.hpp"

#include <catch2/catch.hpp>

using namespace unscripted;
using namespace unscripted::gateway::testing;

namespace {

struct v1_fixture {
  v1_server server;
  v1_client client{server};
  std::string world = client.id_of("world?module=world&@method=POST");

  std::string make(const std::string& kind, const std::string& more = {}) {
    return client.id_of(kind + "?module=" + kind + "&parentid=" + world + more + "&@method=POST");
  }
  std::string act(const std::string& target, const std::string& action, const std::string& bot) {
    return "things/" + target + "/actions/" + action + "?actorid=" + bot;
  }
  std::int64_t count(const std::string& target) {
    return client.ask(target).number("/data/total_count");
  }
};

constexpr const char* members_of_world =
    "created id pos dims parentid rootid capacity cycle module actions links _class";
constexpr const char* members_of_bot =
    "created id pos dims parentid rootid drink_ action_count generation name female module actions "
    "links _class";

}  // namespace

TEST_CASE_METHOD(v1_fixture, "a world and a bot have the members of v1 in its order") {
  CHECK(client.ask("worlds/" + world).members("/data/items/0") == members_of_world);
  const std::string bot = make("bot", "&female=1&name=Ada&pos=3,0,4");
  const v1_reply& seen = client.ask("things/" + bot);
  CHECK(seen.members("/data/items/0") == members_of_bot);
  CHECK(seen.word("/data/items/0/female") == "1");
  CHECK(seen.word("/data/items/0/name") == "Ada");
  CHECK(seen.number("/data/items/0/generation") == 0);
  CHECK(seen.text.find(R"("pos":[3.0,0,4.0],"dims":[0.5,1.7,0.3])") != std::string::npos);
  CHECK(seen.text.find(R"("drink_":1.0,"action_count":0)") != std::string::npos);
}

TEST_CASE_METHOD(v1_fixture, "a thing's properties and place are those that it was given") {
  CHECK(make("bot", "&drink_=0.5&action_count=7&generation=2&pos=[1,0,1]").size() == 24);
  const v1_reply& seen = client.ask("bots");
  CHECK(seen.text.find(R"("drink_":0.5,"action_count":7,"generation":2,)") != std::string::npos);
  CHECK(client.ask("bot?parentid=" + world + "&pos=1,2&@method=POST").status == 400);
  CHECK(client.ask("bot?parentid=" + world + "&drink_=much&@method=POST").status == 400);
  CHECK(client.ask("bot?parentid=" + world + "&dims=1,1,nan&@method=POST").status == 400);
}

TEST_CASE_METHOD(v1_fixture, "what is to be made is said by the module, or else by the type") {
  CHECK(client.ask("wells?parentid=" + world + "&@method=POST").word("/data/items/0/_class") ==
        "Well");
  CHECK(client.ask("worlds/" + world + "/bots", "POST").word("/method") == "bots.post");
  CHECK(client.ask("things?parentid=" + world, "POST").status == 400);
  CHECK(client.ask("dragon?parentid=" + world, "POST").status == 400);
  CHECK(client.ask("bot", "POST").status == 400);
  CHECK(client.ask("bot?parentid=0fffffff0000000000000000", "POST").status == 404);
  CHECK(client.ask("bot?parentid=" + make("well"), "POST").status == 400);
  CHECK(count("things?rootid=" + world) == 4);
}

TEST_CASE_METHOD(v1_fixture, "the eleventh bot is refused in the words of v1") {
  for (int i = 0; i < 10; ++i) make("bot");
  const v1_reply& refused = client.ask("bot?parentid=" + world + "&@method=POST");
  CHECK(refused.status == 403);
  CHECK(refused.word("/error/message") == "This world cannot accept more than 10 bot.");
  CHECK(refused.word("/error/errors/0/message") == "This world cannot accept more than 10 bot.");
}

TEST_CASE_METHOD(v1_fixture, "things are found by type, module, world, parent and id") {
  const std::string bot = make("bot"), well = make("well");
  const std::string other = client.id_of("world?@method=POST");
  CHECK(count("worlds") == 2);
  CHECK(count("things") == 4);
  CHECK(count("things?rootid=" + world) == 3);
  CHECK(count("things?parentid=" + world) == 2);
  CHECK(count("worlds/" + world + "/things") == 2);
  CHECK(count("worlds/" + world + "/bots") == 1);
  CHECK(count("worlds/" + other + "/bots") == 0);
  CHECK(count("bots?rootid=" + world) == 1);
  CHECK(count("things?module=well") == 1);
  CHECK(count("bots?module=well") == 0);
  CHECK(count("things?id=" + bot) == 1);
  CHECK(count("things?id=" + bot + "&rootid=" + other) == 0);
  CHECK(count("things?id=nonsense") == 0);
  CHECK(count("things?rootid=" + bot) == 0);
  CHECK(count("dragons") == 0);
  CHECK(client.ask("bots/" + bot).status == 200);
  CHECK(client.ask("wells/" + bot).status == 404);
  CHECK(client.ask("worlds/ffffffffffffffffffffffff/bots").status == 404);
  CHECK(client.ask("things/nonsense").status == 404);
  CHECK(client.ask("things/" + well, "HEAD").number("/data/total_count") == 0);
}

TEST_CASE_METHOD(v1_fixture, "an action shows the world, the bot, and what it sees, once each") {
  const std::string bot = make("bot", "&pos=5,0,5");
  make("well");
  make("bot");
  const v1_reply& seen = client.ask(act(world, "walk", bot) + "&angle=0.25");
  CHECK(seen.word("/method") == "thing.action.walk");
  CHECK(seen.number("/data/count") == 4);
  CHECK(seen.word("/data/items/0/id") == world);
  CHECK(seen.word("/data/items/1/id") == bot);
  CHECK(seen.number("/data/items/1/action_count") == 1);
  CHECK(client.ask(act(bot, "pass", bot)).number("/data/items/1/action_count") == 2);
}

TEST_CASE_METHOD(v1_fixture, "what cannot be done is no error, and takes a turn") {
  const std::string bot = make("bot", "&pos=0.25,0,0.15"), well = make("well", "&pos=9,0,9");
  const v1_reply& walled = client.ask(act(world, "walk", bot) + "&angle=0.5");
  CHECK(walled.number("/data/items/1/action_count") == 1);
  CHECK(walled.text.find(R"("pos":[0.25,0,0.15])") != std::string::npos);
  CHECK(client.ask(act(well, "drink", bot)).number("/data/items/1/action_count") == 2);
}

TEST_CASE_METHOD(v1_fixture, "any number will do for a parameter, and none is the default") {
  const std::string bot = make("bot");
  CHECK(client.ask(act(world, "walk", bot)).status == 200);
  CHECK(client.ask(act(world, "walk", bot) + "&angle=-17.25&i=5").status == 200);
  for (const char* wrong : {"east", "nan", "inf", "", "0.3x", "1e999"})
    CHECK(client.ask(act(world, "walk", bot) + "&angle=" + wrong).status == 400);
}

TEST_CASE_METHOD(v1_fixture, "an action names a bot, a target and an action that are there") {
  const std::string bot = make("bot"), well = make("well");
  CHECK(client.ask(act(world, "fly", bot)).status == 404);
  CHECK(client.ask(act(well, "walk", bot)).status == 404);
  CHECK(client.ask(act(well, "drink", well)).status == 404);
  CHECK(client.ask(act("ffffffffffffffffffffffff", "drink", bot)).status == 404);
  CHECK(client.ask(act(world, "walk", "nonsense")).status == 404);
  CHECK(client.ask("things/" + world + "/actions/walk").status == 400);
  CHECK(client.ask(act(world, "walk", bot), "DELETE").status == 405);
  CHECK(client.ask(act(world, "walk", bot), "HEAD").status == 405);
  CHECK(client.ask("bots").number("/data/items/0/action_count") == 0);
}

TEST_CASE_METHOD(v1_fixture, "any connection may act for a bot that nobody speaks for") {
  const std::string bot = make("bot");
  v1_client other{server};
  CHECK(other.ask(act(bot, "pass", bot)).status == 200);
  CHECK(client.ask(act(bot, "pass", bot)).number("/data/items/1/action_count") == 2);
}

TEST_CASE_METHOD(v1_fixture, "a client that knows nothing of deaths goes on with the heirs") {
  // It dies of thirst at its first action.
  const std::string bot = make("bot", "&drink_=0");
  const v1_reply& seen = client.ask(act(bot, "pass", bot));
  CHECK(seen.status == 200);
  CHECK(seen.word("/data/items/1/id") != bot);
  CHECK(seen.number("/data/items/1/generation") == 1);
  CHECK(client.ask(act(bot, "pass", bot)).number("/data/items/1/action_count") == 1);
  CHECK(client.ask("things/" + bot).status == 404);
}

TEST_CASE_METHOD(v1_fixture, "deleting takes what the filters name, and nothing else") {
  const std::string bot = make("bot"), well = make("well");
  const std::string other = client.id_of("world?@method=POST");
  CHECK(client.ask("things?name=Ada&@method=DELETE").status == 400);
  CHECK(client.ask("things?id=nonsense&@method=DELETE").status == 200);
  CHECK(client.ask("things?id=&@method=DELETE").status == 200);
  CHECK(client.ask("?@method=DELETE").status == 405);
  CHECK(count("things") == 4);
  CHECK(client.ask("bots", "DELETE").number("/data/total_count") == 0);
  CHECK(client.ask(act(well, "drink", bot)).status == 404);
  CHECK(count("things") == 3);
  CHECK(client.ask("things/" + well, "DELETE").status == 200);
  CHECK(client.ask("things/" + well, "DELETE").status == 404);
  CHECK(client.ask("things?rootid=" + other + "&@method=DELETE").status == 200);
  CHECK(client.ask("worlds/" + other, "DELETE").status == 404);
  CHECK(count("worlds") == 1);
  CHECK(client.ask("things?@method=DELETE").status == 200);
  CHECK(count("things") == 0);
}

TEST_CASE_METHOD(v1_fixture, "no path or query is too strange to be answered") {
  CHECK(client.ask("").members("") == "version context id method params data env");
  CHECK(client.ask("").members("/env") == "backend python platform server debug");
  CHECK(client.ask("things?@method=PUT").status == 405);
  CHECK(client.ask("things?@method=delete&id=x").word("/method") == "things.delete");
  CHECK(client.ask("a/b/c/d/e").status == 404);
  CHECK(client.ask("things?x=%zz").status == 400);
  CHECK(client.ask(std::string(20'000, 'a')).status == 414);
}

TEST_CASE_METHOD(v1_fixture, "the server is stopped from its own machine only") {
  CHECK(client.ask("stop", "", false).status == 403);
  CHECK_FALSE(server.is_stop_requested());
  CHECK(client.ask("stop").status == 200);
  server.wait_for_stop();
  CHECK(client.ask("worlds").status == 503);
}
