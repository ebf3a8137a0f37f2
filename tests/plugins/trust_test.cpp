// Which files are trusted enough to be loaded: what others could write is not.
#include "tests/plugins/scratch.hpp"
#include "tests/plugins/small_world.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace unscripted;
using namespace unscripted::tests;

namespace fs = std::filesystem;

namespace {

constexpr unsigned nobody = 65534;

/// A folder with a good walk.so in it.
struct good_folder {
  scratch files;
  fs::path file = files.path() / "walk.so";

  good_folder() {
    fs::copy_file(shipped_folder() / "walk.so", file);
    REQUIRE(::chmod(file.c_str(), 0644) == 0);
  }
  std::string refusal(const char* name = "walk.so") const {
    const auto plugin = plugins::inspect(files.path() / name);
    return plugin ? "" : plugin.why().message;
  }
};

bool is_root() { return ::geteuid() == 0; }

}  // namespace

TEST_CASE("a file of one's own that only oneself can write is loaded") {
  const good_folder here;
  CHECK(here.refusal().empty());
  REQUIRE(::chmod(here.file.c_str(), 0600) == 0);
  CHECK(here.refusal().empty());
}

TEST_CASE("a symbolic link is refused, a folder behind one is not") {
  const good_folder here;
  const scratch elsewhere;
  fs::create_symlink(here.file, here.files.path() / "link.so");
  fs::create_directory_symlink(here.files.path(), elsewhere.path() / "folder");

  CHECK(here.refusal("link.so") == "link.so: a symbolic link; name the file itself");
  CHECK(plugins::inspect(elsewhere.path() / "folder" / "walk.so"));
}

TEST_CASE("what is no regular file is refused, and a pipe is not waited for") {
  const good_folder here;
  fs::create_directory(here.files.path() / "folder.so");
  REQUIRE(::mkfifo((here.files.path() / "pipe.so").c_str(), 0600) == 0);

  CHECK(here.refusal("folder.so") == "folder.so: a folder, not a file; name a file");
  CHECK(here.refusal("pipe.so") == "pipe.so: no regular file; name a shared library");
}

TEST_CASE("a file that everybody can write to is refused, and loads once that is mended") {
  const good_folder here;
  REQUIRE(::chmod(here.file.c_str(), 0646) == 0);

  CHECK(here.refusal() == "walk.so: can be written by others; chmod go-w " + here.file.string());

  REQUIRE(::chmod(here.file.c_str(), 0644) == 0);
  CHECK(here.refusal().empty());
}

TEST_CASE("a file in a folder that everybody can write to is refused") {
  const good_folder here;
  REQUIRE(::chmod(here.files.path().c_str(), 01777) == 0);

  CHECK(here.refusal() ==
        "walk.so: its folder can be written by others; chmod go-w " + here.files.path().string());
}

TEST_CASE("a group of others must not write, the owner's private group may") {
  if (!is_root()) return;
  const good_folder here;
  REQUIRE(::chmod(here.file.c_str(), 0664) == 0);
  REQUIRE(::chmod(here.files.path().c_str(), 0775) == 0);
  const group* own = ::getgrgid(0);
  REQUIRE(own);
  if (own->gr_name == std::string("root") && !*own->gr_mem) CHECK(here.refusal().empty());

  REQUIRE(::chown(here.file.c_str(), 0, nobody) == 0);
  CHECK(here.refusal() == "walk.so: can be written by others; chmod go-w " + here.file.string());
  REQUIRE(::chown(here.files.path().c_str(), 0, nobody) == 0);
  CHECK(here.refusal() ==
        "walk.so: its folder can be written by others; chmod go-w " + here.files.path().string());
}

TEST_CASE("a file or folder of another user is refused") {
  if (!is_root()) return;
  const good_folder here;
  const std::string whose =
      "belongs to user 65534, who is neither root nor the one who runs this; chown 0 ";
  REQUIRE(::chown(here.file.c_str(), nobody, 0) == 0);
  CHECK(here.refusal() == "walk.so: " + whose + here.file.string());

  REQUIRE(::chown(here.file.c_str(), 0, 0) == 0);
  REQUIRE(::chown(here.files.path().c_str(), nobody, 0) == 0);
  CHECK(here.refusal() == "walk.so: its folder " + whose + here.files.path().string());
}

TEST_CASE("a good plugin beside one that is not trusted still loads") {
  const good_folder here;
  fs::copy_file(shipped_folder() / "life.so", here.files.path() / "life.so");
  REQUIRE(::chmod(here.file.c_str(), 0666) == 0);

  const auto all = plugins::load({here.files.path()});

  REQUIRE(all);
  CHECK(all->plugins.size() == 1);
  CHECK(all->refusals.size() == 1);
}

TEST_CASE("a file in the folder where the process stands is found without a folder's name") {
  const good_folder here;
  const fs::path before = fs::current_path();
  fs::current_path(here.files.path());
  const auto plugin = plugins::inspect("walk.so");
  fs::current_path(before);

  CHECK(plugin);
}
