#include "tests/plugins/scratch.hpp"
#include "tests/plugins/small_world.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

using namespace unscripted;
using namespace unscripted::tests;

namespace fs = std::filesystem;

namespace {

/// Another folder for temporary files, until the end of the test.
class temporary_folder {
public:
  explicit temporary_folder(const fs::path& path) {
    if (const char* old = std::getenv("TMPDIR")) old_ = old;
    ::setenv("TMPDIR", path.c_str(), 1);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    if (old_.empty()) ::unsetenv("TMPDIR");
    else ::setenv("TMPDIR", old_.c_str(), 1);
  }

private:
  std::string old_;
};

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A walk.so whose bytes were not loaded before.
fs::path fresh_build(const scratch& files) {
  static int builds = 0;
  return files.write("walk.so", bytes_of(shipped_folder() / "walk.so") + std::to_string(++builds));
}

}  // namespace

TEST_CASE("the same plugins give the same catalogue in whatever order they come") {
  auto all = shipped_and({"services", "faulty"});
  REQUIRE(all.refusals.empty());
  auto plugins = all.plugins;

  std::reverse(plugins.begin(), plugins.end());
  const auto reversed = plugins::assemble(plugins);

  CHECK(reversed.catalogue->same_description(*all.catalogue));
  CHECK(reversed.catalogue->digest() == all.catalogue->digest());
}

TEST_CASE("without plugins there is the engine's own world and nothing to do") {
  const auto none = plugins::assemble({});

  REQUIRE(none.catalogue);
  REQUIRE(none.catalogue->kinds().size() == 1);
  CHECK(none.catalogue->kinds()[0].name == "world");
  CHECK(none.catalogue->actions().empty());
}

TEST_CASE("properties of extensions follow the kind's own, by plugin id") {
  const auto all = shipped_and({"services"});
  REQUIRE(all.refusals.empty());
  const core::catalogue& c = *all.catalogue;

  // org.example.services comes before org.unscripted.life, which brings the bot itself.
  const core::kind& bot = c.kinds()[*c.find_kind("bot")];
  std::vector<std::string> names;
  for (const core::property& p : bot.properties) names.push_back(p.name);
  CHECK(names == std::vector<std::string>{"drink", "age", "generation", "female", "motto", "friend",
                                          "eager"});
  CHECK(bot.properties[4].fallback == core::value::of_text("none"));
  CHECK(bot.properties[5].fallback == core::value::thing(core::no_thing));
  CHECK(c.find_cell("world", "ticks_seen")->slot == 1);
}

TEST_CASE("a plugin is known by the hash of its bytes, and its texts are the engine's own") {
  const auto walk = inspected(shipped_folder() / "walk.so");
  const auto again = inspected(shipped_folder() / "walk.so");
  const auto pass = inspected(shipped_folder() / "pass.so");

  CHECK(walk->file == "walk.so");
  CHECK(walk->identity.version == "1.0.0");
  CHECK(walk->identity.hash.size() == 32);
  CHECK(walk->identity.hash.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(walk->identity == again->identity);
  CHECK(walk->identity.hash != pass->identity.hash);
}

TEST_CASE("the same bytes are mapped once, under whatever name, and other bytes anew") {
  const scratch files;
  const fs::path walk = shipped_folder() / "walk.so", same = files.path() / "same.so";
  fs::copy_file(walk, same);
  const fs::path other = files.write("other.so", bytes_of(walk) + "another build");

  std::set<plugins::entry> functions;
  for (int i = 0; i < 1'000; ++i)
    for (const fs::path& file : {walk, same, other}) {
      const auto plugin = inspected(file);
      functions.insert(plugin->actions[0].apply);
      if (plugin->file != file.filename()) FAIL("a plugin forgot its file's name");
    }

  CHECK(functions.size() == 2);
}

TEST_CASE("loading leaves no private copy behind") {
  const scratch temporary, builds;
  const temporary_folder at{temporary.path()};

  CHECK(plugins::inspect(fresh_build(builds)));
  CHECK(!plugins::inspect(wrong_plugin("missing_function")));

  CHECK(fs::is_empty(temporary.path()));
}

TEST_CASE("a folder for temporary files that is not there is named as the reason") {
  const scratch temporary;
  const temporary_folder at{temporary.path() / "gone"};

  const auto walk = plugins::inspect(fresh_build(temporary));

  REQUIRE(!walk);
  CHECK(walk.why().message == "walk.so: can't be copied to the folder for temporary files; "
                              "set TMPDIR to another");
}

TEST_CASE("calls, refusals and faults are counted for each function") {
  const auto all = shipped_and({"faulty"});
  small_world w(all.catalogue);
  const auto bot = w.create("bot", 9.5, 5);
  const auto so_far = [&](const std::string& id, const std::string& name) {
    for (const auto& p : all.plugins)
      for (const auto& c : plugins::count(*p))
        if (p->identity.id == id && c.name == name) return c.so_far;
    return plugins::counts{};
  };

  for (int i = 0; i < 3; ++i) w.act(bot, "walk");
  w.act(bot, "explode");

  CHECK(so_far("org.unscripted.walk", "walk").calls == 3);
  CHECK(so_far("org.unscripted.walk", "walk").refusals == 3);
  CHECK(so_far("org.unscripted.walk", "walk").faults == 0);
  CHECK(so_far("org.wrong.faulty", "explode").faults == 1);
  CHECK(so_far("org.unscripted.life", "life").calls == 3);
  CHECK(so_far("org.unscripted.life", "life").mean_ns > 0);
  CHECK(so_far("org.unscripted.life", "life").p99_ns > 0);
}

TEST_CASE("one more plugin can be fitted to those that are loaded") {
  const auto before = shipped_and();
  auto plugins = before.plugins;
  plugins.push_back(inspected(wrong_plugin("services")));

  const auto after = plugins::assemble(plugins);

  CHECK(after.refusals.empty());
  CHECK(after.catalogue->find_action("befriend"));
  CHECK(!before.catalogue->find_action("befriend"));
}

TEST_CASE("a plugin that is set aside brings its kinds only, and what uses them still fits") {
  const auto all =
      plugins::assemble(shipped_and().plugins, {"org.unscripted.life", "org.not.here"});

  CHECK(all.refusals.empty());
  CHECK(all.set_aside == std::vector<std::string>{"org.unscripted.life"});
  CHECK(all.plugins.size() == 4);
  CHECK(all.catalogue->kinds().size() == 3);
  CHECK(all.catalogue->rules().empty());
  CHECK(all.catalogue->find_action("drink"));
  small_world w(all.catalogue);
  const auto bot = w.create("bot", 5, 5);
  w.act(bot, "walk");
  CHECK(w.number(bot, "drink") == 1);
}

TEST_CASE("of a plugin that is set aside no action is left") {
  const auto all = plugins::assemble(shipped_and().plugins, {"org.unscripted.walk"});

  CHECK(!all.catalogue->find_action("walk"));
  CHECK(all.catalogue->rules().size() == 1);
}

TEST_CASE("a plugin is found by name in the first folder that has it") {
  const scratch mine;
  const fs::path walk = mine.write("walk.so", "not looked into");

  CHECK(*plugins::find_library({mine.path(), shipped_folder()}, "walk") == walk);
  CHECK(*plugins::find_library({mine.path(), shipped_folder()}, "pass") ==
        shipped_folder() / "pass.so");
}

TEST_CASE("a plugin that is in no folder is not found, and the folders are named") {
  const auto none = plugins::find_library({"here", "no/such/folder"}, "fly");

  REQUIRE(!none);
  CHECK(none.why().code == core::errc::not_found);
  CHECK(none.why().message == "plugin `fly`: there is no fly.so in `here`, `no/such/folder`; "
                              "copy it there, or check the name");
}

TEST_CASE("what is no name is not looked for") {
  for (const char* name : {"", "../walk", "walk.so", "Walk", "/etc/x", "a b", ".", "w\n"}) {
    const auto none = plugins::find_library({shipped_folder()}, name);
    REQUIRE(!none);
    CHECK(none.why().code == core::errc::invalid_params);
  }
  CHECK(plugins::find_library({}, "walk.so").why().message ==
        "plugin `walk.so`: not the name of a file in a plugins folder; a name is a-z, 0-9 and _, "
        "beginning with a letter, at most 32, without `.so`");
}
