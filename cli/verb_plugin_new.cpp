// `plugin new`: a folder with a small plugin that builds at once, outside of this source tree.

#include "cli/plugin_template.hpp"
#include "cli/verb.hpp"
#include "gateway/json_writer.hpp"
#include "plugins/words.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

namespace unscripted::cli {

namespace {

namespace fs = std::filesystem;

struct new_options {
  plugin_wish wish;
  std::string folder;
  bool json = false;
};

void check_words(const plugin_wish& wish) {
  constexpr const char* what_a_name_is =
      " is not a name; use a-z, 0-9 and _, beginning with a letter, at most 32";
  if (!plugins::is_name(wish.name)) throw wrong_usage(plugins::quote(wish.name) + what_a_name_is);
  if (!plugins::is_name(wish.target)) {
    throw wrong_usage("--target: " + plugins::quote(wish.target) + what_a_name_is);
  }
  if (!plugins::is_plugin_id(wish.id)) {
    throw wrong_usage("--id: " + plugins::quote(wish.id) +
                      " is not a dotted name; write one like `org.example." + wish.name + "`");
  }
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  const auto what = fs::status(folder, error);
  const bool is_there = fs::exists(what);
  if (is_there && (!fs::is_directory(what) || !fs::is_empty(folder, error) || error)) {
    throw failed("`" + folder.string() +
                 "` is there already and is no empty folder; name another "
                 "with --dir");
  }
  fs::create_directories(folder, error);
  if (error) {
    throw failed("`" + folder.string() + "` can't be made: " + error.message() +
                 "; name another with --dir");
  }
}

void write_file(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw failed("`" + file.string() + "` can't be written; is there space?");
}

/// Where CMake finds the SDK of this very program: the prefix that it is installed in, or its build
/// folder. Empty where it was copied somewhere alone.
fs::path sdk_prefix(const fs::path& program) {
  auto prefix = program.parent_path().parent_path();
  std::error_code ignored;
  for (const auto* config :
       {"lib/cmake/Unscripted/UnscriptedConfig.cmake", "UnscriptedConfig.cmake"}) {
    if (fs::exists(prefix / config, ignored)) return prefix;
  }
  return {};
}

/// A word of a shell's command line.
std::string shell_word(const std::string& text) {
  constexpr const char* plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+:,@%=-";
  if (!text.empty() && text.find_first_not_of(plain) == text.npos) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// The commands that come next, as they are typed.
std::vector<std::string> next_commands(const new_options& options) {
  std::error_code ignored;
  const auto program = fs::read_symlink("/proc/self/exe", ignored);
  const auto prefix = sdk_prefix(program);
  const auto where = prefix.empty() ? std::string("PREFIX") : prefix.string();
  const auto library = "build/" + options.wish.name + ".so";
  const auto unscripted = shell_word(program.empty() ? "unscripted" : program.string());
  return {"cd " + shell_word(options.folder),
          "cmake -B build " + shell_word("-DCMAKE_PREFIX_PATH=" + where),
          "cmake --build build",
          "ctest --test-dir build",
          unscripted + " plugin check " + library,
          unscripted + " plugin load " + library};
}

void print_made(const new_options& options, const std::vector<made_file>& files) {
  const auto next = next_commands(options);
  std::string out;
  if (options.json) {
    gateway::json_writer json(out);
    json.begin_object().member("folder", options.folder).member("id", options.wish.id);
    json.key("files").begin_array();
    for (const auto& file : files) json.value(file.name);
    json.end_array().key("next").begin_array();
    for (const auto& command : next) json.value(command);
    json.end_array().end_object();
  } else {
    out = "made " + options.folder + ":";
    for (const auto& file : files) out += " " + file.name;
    out += "\nnext:";
    for (const auto& command : next) out += "\n  " + command;
  }
  std::puts(out.c_str());
}

int make_new(new_options options) {
  auto& wish = options.wish;
  if (wish.id.empty()) wish.id = "org.example." + wish.name;
  if (options.folder.empty()) options.folder = wish.name;
  check_words(wish);
  const auto files = make_plugin(wish);
  make_folder(options.folder);
  for (const auto& file : files) write_file(fs::path(options.folder) / file.name, file.text);
  print_made(options, files);
  return exit_ok;
}

}  // namespace

void add_plugin_new(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "new", "Make a folder with a plugin that builds at once",
                        "unscripted plugin new jump\n\n"
                        "It needs no source tree of this program: a compiler and CMake will do.");
  auto o = std::make_shared<new_options>();
  o->wish.target = "world";
  verb->add_option("name", o->wish.name, "Of its action: what bots will say")->required();
  verb->add_option("--dir", o->folder, "The folder to make; else ./NAME")->type_name("DIR");
  verb->add_option("--target", o->wish.target,
                   "The kind that the action is aimed at: world, bot, well, or one that the "
                   "plugin itself brings")
      ->type_name("KIND")
      ->capture_default_str();
  verb->add_option("--id", o->wish.id, "Else org.example.NAME")->type_name("ID");
  verb->add_flag("--c", o->wish.in_c, "In C, not in C++");
  add_json_option(*verb, o->json);
  verb->callback([o, &chosen] { chosen = [o] { return make_new(*o); }; });
}

}  // namespace unscripted::cli
