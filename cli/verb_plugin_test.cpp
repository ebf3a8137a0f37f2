// `plugin test`: what a build would have done in histories that were lived already.

#include "cli/host.hpp"
#include "cli/verification.hpp"
#include "plugins/loader.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <system_error>

namespace unscripted::cli {

namespace fs = std::filesystem;

namespace {

struct test_options : verify_options {
  std::string file;
  std::vector<std::string> worlds;
};

/// The build by itself in a folder, as verify_history() wants it.
void copy_into(const fs::path& folder, const fs::path& file) {
  std::error_code error;
  fs::copy_file(file, folder / file.filename(), error);
  if (error) throw failed("plugin test " + file.string() + ": can't be read: " + error.message());
}

int test_plugin(const test_options& options) {
  if (const auto right = plugins::inspect(options.file); !right)
    throw failed("plugin refused: " + right.why().message);
  const temporary_folder folder;
  copy_into(folder.path(), options.file);
  int worst = exit_ok;
  for (const std::string& world : options.worlds) {
    verify_options one = options;
    one.world = world;
    one.plugins = {folder.path().string()};
    if (options.worlds.size() > 1 && !options.json) std::printf("%s\n", world.c_str());
    worst = std::max(worst, verify_history(one));
  }
  return worst;
}

}  // namespace

void add_plugin_test(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "test", "Try a build against histories, without effect",
                        "unscripted plugin test build/walk.so --history eden\n\n"
                        "Decides each record again with this build, and says how many come out "
                        "otherwise,\nand the first of them. Ends with 0 where none does.");
  auto o = std::make_shared<test_options>();
  add_source_options(*verb, *o);
  verb->add_option("file", o->file, "The build")->required()->type_name("FILE.so");
  verb->add_option("--history", o->worlds, "A world, by name or id; may be repeated")
      ->required()
      ->type_name("WORLD");
  verb->callback([o, &chosen] { chosen = [o] { return test_plugin(*o); }; });
}

}  // namespace unscripted::cli
