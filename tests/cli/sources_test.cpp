#include "cli/failure.hpp"
#include "cli/sources.hpp"
#include "tests/cli/process.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

using namespace unscripted;
using namespace unscripted::cli;

namespace {

/// A small program with one verb, its file and its environment.
struct fixture {
  fixture() {
    verb->add_option("--data", data)->capture_default_str();
    verb->add_option("--plugins", plugins)->allow_extra_args(false);
    verb->add_option("--threads", threads)->check(CLI::Range(0, 8))->capture_default_str();
    verb->add_flag("--die-sooner", die_sooner);
    add_config_option(*verb, config);
    app.add_subcommand("other")->add_option("--wells", wells);
  }
  ~fixture() {
    for (const auto* name : {"UNSCRIPTED_DATA", "UNSCRIPTED_PLUGINS", "UNSCRIPTED_THREADS"}) {
      unsetenv(name);
    }
    std::filesystem::remove_all(folder);
  }

  std::string write(const std::string& text) const {
    const auto path = folder / "unscripted.toml";
    std::ofstream(path) << text;
    return path.string();
  }

  std::vector<used_value> read(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());
    arguments.emplace_back("serve");
    app.parse(arguments);
    return fill_in(*verb, config);
  }

  CLI::App app;
  CLI::App* verb = app.add_subcommand("serve");
  std::string data = "here", config;
  std::vector<std::string> plugins;
  unsigned threads = 1, wells = 0;
  bool die_sooner = false;
  std::filesystem::path folder = tests::fresh_folder();
};

std::string origin_of(const std::vector<used_value>& values, std::string_view name) {
  for (const auto& v : values) {
    if (v.name == name) return v.origin;
  }
  return "?";
}

}  // namespace

TEST_CASE_METHOD(fixture, "a flag comes before the environment, the file and the default") {
  setenv("UNSCRIPTED_DATA", "environment", 1);
  const auto file = write("data = \"file\"\n");
  const auto used = read({"--data", "flag", "--config", file});

  CHECK(data == "flag");
  CHECK(origin_of(used, "data") == "flag");
}

TEST_CASE_METHOD(fixture, "the environment comes before the file") {
  setenv("UNSCRIPTED_DATA", "environment", 1);
  const auto used = read({"--config", write("data = \"file\"\n")});

  CHECK(data == "environment");
  CHECK(origin_of(used, "data") == "UNSCRIPTED_DATA");
}

TEST_CASE_METHOD(fixture, "the file comes before the default") {
  const auto file = write("# a comment\ndata = \"file\"\nthreads = 4\n");
  const auto used = read({"--config", file});

  CHECK(data == "file");
  CHECK(threads == 4);
  CHECK(origin_of(used, "data") == file);
  CHECK(origin_of(used, "plugins") == "default");
}

TEST_CASE_METHOD(fixture, "the default holds where nothing else is given") {
  const auto used = read({});

  CHECK(data == "here");
  CHECK(origin_of(used, "data") == "default");
  CHECK_FALSE(is_given(used, "data"));
}

TEST_CASE("CLI11 alone would let the file win over the environment") {
  const auto folder = tests::fresh_folder();
  const auto file = folder / "c.toml";
  std::ofstream(file) << "data=\"file\"\n";
  setenv("UNSCRIPTED_DATA", "environment", 1);

  CLI::App app;
  std::string data;
  app.set_config("--config", file.string());
  app.add_option("--data", data)->envname("UNSCRIPTED_DATA");
  app.parse(std::vector<std::string>{});
  unsetenv("UNSCRIPTED_DATA");
  std::filesystem::remove_all(folder);

  CHECK(data == "file");  // where this fails, cli/sources.cpp may become simpler
}

TEST_CASE_METHOD(fixture, "a section is for its verb, and before what is at the top") {
  read({"--config", write("data = \"top\"\nwells = 3\n[serve]\ndata = \"section\"\n[other]\n"
                          "wells = 4\n")});

  CHECK(data == "section");
}

TEST_CASE_METHOD(fixture, "lists come from arrays of the file and colons of the environment") {
  SECTION("file") {
    read({"--config", write("plugins = [\"a\", \"b\"]\n")});
    CHECK(plugins == std::vector<std::string>{"a", "b"});
  }
  SECTION("environment") {
    setenv("UNSCRIPTED_PLUGINS", "a:b", 1);
    read({});
    CHECK(plugins == std::vector<std::string>{"a", "b"});
  }
  SECTION("flags") {
    setenv("UNSCRIPTED_PLUGINS", "c", 1);
    read({"--plugins", "a", "--plugins", "b"});
    CHECK(plugins == std::vector<std::string>{"a", "b"});
  }
}

TEST_CASE_METHOD(fixture, "a flag without value is true or false in the file") {
  SECTION("true") {
    read({"--config", write("die-sooner = true\n")});
    CHECK(die_sooner);
  }
  SECTION("false") {
    read({"--config", write("die-sooner = false\n")});
    CHECK_FALSE(die_sooner);
  }
}

TEST_CASE_METHOD(fixture, "bad values, keys and files are wrong usage that names the place") {
  SECTION("value in the environment") {
    setenv("UNSCRIPTED_THREADS", "many", 1);
    CHECK_THROWS_WITH(read({}), Catch::Contains("UNSCRIPTED_THREADS"));
  }
  SECTION("value in the file") {
    CHECK_THROWS_WITH(read({"--config", write("threads = 99\n")}), Catch::Contains("threads"));
  }
  SECTION("unknown key") {
    CHECK_THROWS_WITH(read({"--config", write("dat = 1\n")}), Catch::Contains("\"dat\""));
  }
  SECTION("unknown section") {
    CHECK_THROWS_WITH(read({"--config", write("[sevre]\ndata = 1\n")}),
                      Catch::Contains("sevre.data"));
  }
  SECTION("key of another verb in a section") {
    CHECK_THROWS_AS(read({"--config", write("[serve]\nwells = 1\n")}), wrong_usage);
  }
  SECTION("no such file") {
    CHECK_THROWS_WITH(read({"--config", "nowhere.toml"}), Catch::Contains("nowhere.toml"));
  }
}
