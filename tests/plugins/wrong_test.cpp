// Wrong plugins, one for each promise that the loader checks, and the line that refuses each.
#include "tests/plugins/scratch.hpp"
#include "tests/plugins/small_world.hpp"

#include <fstream>
#include <map>

using namespace unscripted;
using namespace unscripted::tests;

namespace fs = std::filesystem;

namespace {

// Wrong in themselves.
const std::map<std::string, std::string> refused_alone{
  {"null_version", "null_version.so: version ``: not a version; write one like `1.0.0`"},
  {"future_major",
   "future_major.so: made for ABI 2.1, this engine has 1.1; build it anew with this "
   "engine's abi.h"},
  {"future_minor",
   "future_minor.so: made for ABI 1.4, this engine has 1.1; take a newer engine, or "
   "build it anew with this one's abi.h"},
  {"short_struct",
   "short_struct.so: struct_size is 16, at least 80 is needed; set it to "
   "sizeof(uns_plugin)"},
  {"short_action",
   "short_action.so: actions: struct_size of entry 1 is 0, at least 64 is needed; "
   "set it to sizeof"},
  {"null_table", "null_table.so: actions: the table is null, its count is 2; give both"},
  {"huge_count",
   "huge_count.so: kinds: 4000000000 entries; at most 256 are taken, so the count "
   "is probably wrong"},
  {"bad_id", "bad_id.so: id `fly`: not a dotted name; write one like `org.example.fly`"},
  {"null_action_name", "null_action_name.so: action 1: its name is null; give it one"},
  {"upper_case_name",
   "upper_case_name.so: action 1: its name `Fly` is not one; use a-z, 0-9 and _, "
   "beginning with a letter, at most 32"},
  {"null_apply", "null_apply.so: action `fly`: apply is null; give the function that does it"},
  {"no_summary",
   "no_summary.so: action `fly`: it has no summary; say in one sentence what it "
   "does"},
  {"unknown_flags",
   "unknown_flags.so: action `fly`: flags 8 are unknown; use UNS_ACTION_SELF or 0"},
  {"unknown_type",
   "unknown_type.so: action `fly`: parameter `height`: type 9 is none; choose "
   "UNS_NUMBER (1) to UNS_THING (5)"},
  {"nan_range",
   "nan_range.so: action `fly`: parameter `height`: minimum is not finite; give a "
   "number"},
  {"infinite_range",
   "infinite_range.so: action `fly`: parameter `height`: maximum is not finite; "
   "give a number"},
  {"inverted_range",
   "inverted_range.so: action `fly`: parameter `height`: minimum 3 is above maximum "
   "2; swap them"},
  {"fallback_outside",
   "fallback_outside.so: action `fly`: parameter `height`: fallback 7 is outside 0 "
   "to 2; choose one inside"},
  {"fraction",
   "fraction.so: action `fly`: parameter `steps`: 2.5 is not whole or beyond 2^53; "
   "it is an integer"},
  {"bad_unit",
   "bad_unit.so: action `fly`: parameter `height`: its unit must be at most 16 "
   "visible characters, \"\" for none"},
  {"too_many_parameters",
   "too_many_parameters.so: action `fly`: 9 parameters; at most 8 are possible"},
  {"double_parameter",
   "double_parameter.so: action `fly`: parameter `high`: it is there twice; rename "
   "one"},
  {"double_action", "double_action.so: action `fly`: it is there twice; rename one"},
  {"double_rule", "double_rule.so: rule `gravity`: it is there twice; rename one"},
  {"self_on_well",
   "self_on_well.so: action `be`: aimed at the agent itself, but its target kind is "
   "`well`; only a `bot` acts"},
  {"flat_kind", "flat_kind.so: kind `carpet`: height 0 m is none; above 0, at most 10000000"},
  {"rule_without_hooks",
   "rule_without_hooks.so: rule `gravity`: it has no hooks; set after_action or "
   "at_tick"},
  {"layout_in_c",
   "layout_in_c.so: exports no `unscripted_plugin`; write UNSCRIPTED_PLUGIN(id, "
   "version, ...) once"},
  {"flushes_denormals",
   "flushes_denormals.so: changes how the processor rounds; build and link it "
   "without -ffast-math"},
};

// Right in themselves, but they do not fit with the shipped plugins.
const std::map<std::string, std::string> refused_among_shipped{
  {"unknown_target",
   "unknown_target.so: action `tame`: no plugin here brings the kind `dragon`; add "
   "the plugin that does, or check the name"},
  {"unknown_use",
   "unknown_use.so: use of `bot.courage`: no plugin here brings this property; add "
   "the plugin that does, or check the name"},
  {"wrong_use_type",
   "wrong_use_type.so: use of `bot.drink`: the property is a number, the plugin "
   "takes it for a integer; use the property's type"},
  {"extends_unknown",
   "extends_unknown.so: kind `dragon`: no plugin here brings the kind `dragon`; add "
   "the plugin that does, or check the name"},
  {"second_well",
   "second_well.so: kind `well`: life.so brings it already; rename it, or extend it"},
  {"own_world",
   "own_world.so: kind `world`: the engine has it already; extend it "
   "(UNS_KIND_EXTENDS)"},
  {"second_drink",
   "second_drink.so: kind `bot`: property `drink`: the kind has it already; rename "
   "it"},
  {"second_walk",
   "second_walk.so: action `walk`: walk.so has the same action on `world`; remove "
   "one of them, or rename one action"},
  {"second_life",
   "second_life.so: rule `life`: life.so has the same rule; remove one of them, or "
   "rename one rule"},
  {"same_id", "same_id.so: id `org.unscripted.walk`: walk.so has the same id; remove one of them"},
};

// Tested one by one.
const std::vector<std::string> special{"missing_function", "dragon", "on_dragon",
                                       "number_generation", "faulty", "services",
                                       "meddling", "crashing", "sums",
                                       "hands"};

std::string refusal_of(const fs::path& file) {
  const auto plugin = plugins::inspect(file);
  return plugin ? "" : plugin.why().message;
}

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

TEST_CASE("a plugin that is wrong in itself is refused with one line that says what to do") {
  for (const auto& [name, line] : refused_alone) {
#ifndef __x86_64__
    if (name == "flushes_denormals") continue;
#endif
    CHECK(refusal_of(wrong_plugin(name)) == line);
  }
}

TEST_CASE("a plugin that does not fit with others is left out, and they stay") {
  const auto shipped = shipped_and();
  for (const auto& [name, line] : refused_among_shipped) {
    const auto all = shipped_and({name});
    REQUIRE(all.refusals.size() == 1);
    CHECK(all.refusals[0] == line);
    CHECK(all.catalogue->same_description(*shipped.catalogue));
  }
}

TEST_CASE("every wrong plugin has its test") {
  for (const auto& entry : fs::directory_iterator(UNSCRIPTED_WRONG_PLUGINS_DIR)) {
    if (entry.path().extension() != ".so") continue;
    const std::string name = entry.path().stem().string();
    INFO(name);
    const bool is_special = std::find(special.begin(), special.end(), name) != special.end();
    CHECK(refused_alone.count(name) + refused_among_shipped.count(name) + is_special == 1);
  }
}

TEST_CASE("a function that is nowhere is named, the private copy is not") {
  const std::string line = refusal_of(wrong_plugin("missing_function"));
  INFO(line);

  CHECK(line.starts_with("missing_function.so: can't be loaded: undefined symbol: "));
  CHECK(line.find("engine_of_a_plane") != std::string::npos);
  CHECK(line.find(fs::temp_directory_path().string() + "/") == std::string::npos);
}

TEST_CASE("what needs a refused plugin is refused too, and its line names that plugin") {
  const auto all = shipped_and({"dragon", "on_dragon"});

  REQUIRE(all.refusals.size() == 2);
  CHECK(all.refusals[0] == "dragon.so: kind `castle`: no plugin here brings the kind `castle`; "
                           "add the plugin that does, or check the name");
  CHECK(all.refusals[1] == "on_dragon.so: action `feed`: no plugin here brings the kind `dragon` "
                           "but dragon.so, which is refused; mend that first");
  CHECK(all.catalogue->same_description(*shipped_and().catalogue));
}

TEST_CASE("a bot whose generation the engine can't count is refused") {
  const auto all = plugins::assemble({inspected(wrong_plugin("number_generation"))});

  REQUIRE(all.refusals.size() == 1);
  CHECK(all.refusals[0] ==
        "number_generation.so: kind `bot`: property `generation`: it is a number; "
        "the engine needs an integer `generation` and a boolean `female`");
}

TEST_CASE("a library that changes how the processor rounds does not get away with it") {
  volatile double tiny = 2.2250738585072014e-308;  // the smallest normal number

  refusal_of(wrong_plugin("flushes_denormals"));

  CHECK(tiny / 4 > 0);
}

TEST_CASE("files that are no plugins are refused by name") {
  const scratch files;
  const std::string walk = read(shipped_folder() / "walk.so");
  std::string foreign = walk, program = walk, narrow = walk;
  foreign[18] = static_cast<char>(foreign[18] ^ 0x55);  // e_machine
  program[16] = 2;                                      // e_type: ET_EXEC
  narrow[4] = 1;                                        // e_ident[EI_CLASS]: ELFCLASS32

  CHECK(refusal_of(files.write("text.so", "print('hello')\n")) ==
        "text.so: not a shared library; build it with -shared");
  CHECK(refusal_of(files.write("empty.so", "")) ==
        "empty.so: not a shared library; build it with -shared");
  CHECK(refusal_of(files.path() / "none.so") == "none.so: no such file; check the name");
  CHECK(refusal_of(files.write("program.so", program)) ==
        "program.so: a program or an object file, not a shared library; build it with -shared");
  CHECK(refusal_of(files.write("narrow.so", narrow)) ==
        "narrow.so: built for another processor; build it on a machine like this one");
#if defined(__x86_64__) || defined(__aarch64__)
  CHECK(refusal_of(files.write("foreign.so", foreign)) ==
        "foreign.so: built for another processor; build it on a machine like this one");
#endif
  for (const std::size_t size : {200u, 5000u})
    CHECK(refusal_of(files.write("torn.so", walk.substr(0, size))) ==
          "torn.so: cut short; copy it again");
}

TEST_CASE("in a folder the good plugins load and each bad one gets its line") {
  const scratch files;
  for (const char* name : {"drink.so", "life.so", "walk.so"})
    fs::copy_file(shipped_folder() / name, files.path() / name);
  fs::copy_file(shipped_folder() / "walk.so", files.path() / "walk_again.so");
  files.write("notes.txt", "not looked at");
  files.write("notes.so", "looked at");

  const auto all = plugins::load({files.path()});

  REQUIRE(all);
  CHECK(all->plugins.size() == 3);
  CHECK(all->refusals ==
        std::vector<std::string>{
          "notes.so: not a shared library; build it with -shared",
          "walk_again.so: id `org.unscripted.walk`: walk.so has the same id; remove one of them"});
}

TEST_CASE("of two files of one name the one in the earlier folder stands, without a word") {
  const auto once = plugins::load({shipped_folder()});
  const auto twice = plugins::load({shipped_folder(), shipped_folder()});
  REQUIRE(once);
  REQUIRE(twice);
  CHECK(twice->refusals == once->refusals);
  CHECK(twice->catalogue->same_description(*once->catalogue));
}

TEST_CASE("of two plugins of one id the one in the earlier folder stands, without a word") {
  const scratch files;
  fs::copy_file(shipped_folder() / "walk.so", files.path() / "my_walk.so");

  const auto all = plugins::load({files.path(), shipped_folder()});

  REQUIRE(all);
  CHECK(all->refusals.empty());
  REQUIRE(all->plugins.size() == 4);
  CHECK(all->plugins[3]->identity.id == "org.unscripted.walk");
  CHECK(all->plugins[3]->file == "my_walk.so");
}

TEST_CASE("a folder that is not there is an error, not an empty folder") {
  const auto all = plugins::load({shipped_folder(), "no/such/folder"});

  REQUIRE(!all);
  CHECK(all.why().code == core::errc::not_found);
  CHECK(all.why().message == "plugins folder `no/such/folder`: there is no such folder, "
                             "or it can't be read; name another");
}
