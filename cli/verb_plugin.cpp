// `plugin`: which plugins a server has, how they behave, and other ones for it.

#include "cli/table.hpp"
#include "cli/verb.hpp"
#include "gateway/json_writer.hpp"
#include "plugins/library.hpp"
#include "plugins/trusted_file.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <unistd.h>

namespace unscripted::cli {

namespace dom = simdjson::dom;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t hash_digits = 8;

struct plugin_options : client_options {
  std::string name;
  std::uint64_t shadow = 0;  // commands; 0: it is loaded
};

// -- list ----------------------------------------------------------------------------------------

std::string microseconds(dom::element object, const char* member) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.2f",
                static_cast<double>(count_at(object, member)) / 1000);
  return text.data();
}

std::string state_of(dom::element p) {
  dom::element running;
  if (p["running"].get(running) == simdjson::SUCCESS)
    return "`" + plain_at(running, "function") + "` does not return";
  if (flag_at(p, "set_aside")) return "set aside: " + plain_at(p, "why");
  const auto crashes = count_at(p, "crashes");
  return crashes ? "crashed " + std::to_string(crashes) + " times" : "acts";
}

std::string trial_text(dom::element t) {
  auto text = "\nbeside the others: " + plain_at(t, "id") + ' ' + plain_at(t, "version") + ' ' +
              plain_at(t, "hash").substr(0, hash_digits) + "\n";
  field_list fields;
  fields.add("  decided", grouped(count_at(t, "decided")) + " of " +
                              grouped(count_at(t, "commands")) + " commands");
  fields.add("  differently", grouped(count_at(t, "different")));
  dom::element first;
  if (t["first"].get(first) == simdjson::SUCCESS)
    for (const char* name :
         {"world", "seq", "tick", "action", "thing", "property", "present", "tried"})
      fields.add(std::string("  first ") + name, plain_at(first, name));
  return text + fields.text();
}

std::string plugin_table(dom::element result) {
  table rows(
      {"plugin", "version", "hash", "calls", "refusals", "faults", "mean us", "p99 us", "state"});
  dom::array items;
  if (result["items"].get(items) != simdjson::SUCCESS) return fields_of(result);
  for (const auto p : items)
    rows.add({plain_at(p, "id"), plain_at(p, "version"), plain_at(p, "hash").substr(0, hash_digits),
              grouped(count_at(p, "calls")), grouped(count_at(p, "refusals")),
              grouped(count_at(p, "faults")), microseconds(p, "mean_ns"), microseconds(p, "p99_ns"),
              state_of(p)});
  auto text = rows.empty() ? std::string("no plugins\n") : rows.text();
  dom::array refused;
  if (result["refused"].get(refused) == simdjson::SUCCESS)
    for (const auto line : refused) text += "refused: " + plain(line) + '\n';
  dom::element beside;
  if (result["beside"].get(beside) == simdjson::SUCCESS) text += trial_text(beside);
  return text;
}

int list_plugins(const client_options& options) {
  auto server = options.connect();
  return show(options, server.call("plugin.list"), plugin_table);
}

// -- load ----------------------------------------------------------------------------------------

/// Version and hash of the build that was there before; empty where there was none.
std::string build_before(dom::element result) {
  dom::element replaced;
  if (result["replaced"].get(replaced) != simdjson::SUCCESS) return {};
  return plain_at(replaced, "version") + ' ' + plain_at(replaced, "hash").substr(0, hash_digits);
}

std::string change_text(dom::element result, const std::string& what) {
  dom::element plugin;
  if (result["plugin"].get(plugin) != simdjson::SUCCESS) return fields_of(result);
  auto text = plain_at(plugin, "id") + ' ' + plain_at(plugin, "version") + ' ' + what + '\n';
  dom::array worlds;
  if (result["worlds"].get(worlds) != simdjson::SUCCESS) return text;
  for (const auto w : worlds) {
    const auto seq = count_at(w, "seq");
    const auto error = plain_at(w, "error");
    if (seq) text += "world " + plain_at(w, "world") + ": from seq " + std::to_string(seq) + '\n';
    if (!error.empty() && error != "-")
      text += "world " + plain_at(w, "world") + ": " + error + '\n';
  }
  return text;
}

std::string load_text(dom::element result) {
  const auto before = build_before(result);
  return change_text(result, before.empty() ? "is loaded" : "is loaded, in place of " + before);
}

std::string trial_begun_text(dom::element result) {
  const auto before = build_before(result);
  return change_text(result, "is tried beside " + (before.empty() ? "the others" : before) +
                                 "; `unscripted plugin list` shows how it does");
}

/// The name in `name`, which is one or a file: that is put where the server looks for it.
class staged_file {
public:
  staged_file(client& server, const std::string& name) : name_(name) {
    const fs::path file(name);
    if (file.extension() != ".so" && !file.has_parent_path()) return;
    std::error_code failed;
    if (!fs::is_regular_file(file, failed)) give_up(file, "no such file");
    check_trust(file);
    const auto known = server.call("plugin.list");
    const auto folder = std::string(text_at(known.root(), "incoming"));
    if (folder.empty())
      give_up(file, "the server keeps no data folder; name a plugin of one of its folders");
    if (!fs::is_directory(folder, failed))
      give_up(file, "the server is on another machine, or its data folder is not yours to "
                    "see; load it there");
    name_ = file.stem().string();
    to_ = fs::path(folder) / (name_ + ".so");
    put(file);
  }
  staged_file(const staged_file&) = delete;
  staged_file& operator=(const staged_file&) = delete;
  /// Where it was not taken it goes again.
  ~staged_file() {
    std::error_code ignored;
    if (!to_.empty() && !is_taken_) fs::remove(to_, ignored);
  }

  const std::string& name() const { return name_; }
  void take() { is_taken_ = true; }

private:
  [[noreturn]] static void give_up(const fs::path& file, const std::string& why) {
    throw failed("plugin load " + file.string() + ": " + why);
  }
  // The copy will be ours: what others may have put into the file must be asked of the file.
  static void check_trust(const fs::path& file) {
    try {
      plugins::read_trusted(file);
    } catch (const plugins::refusal& r) {
      give_up(file, r.why);
    }
  }
  void put(const fs::path& file) const {
    const fs::path part = to_.string() + "." + std::to_string(getpid());
    std::error_code error;
    fs::copy_file(file, part, fs::copy_options::overwrite_existing, error);
    if (!error) fs::permissions(part, fs::perms::owner_all, error);
    if (!error) fs::rename(part, to_, error);
    if (!error) return;
    const auto why = error.message();
    fs::remove(part, error);
    give_up(file, "can't be copied to the server's data folder: " + why);
  }

  std::string name_;
  fs::path to_;  // empty: a name was given
  bool is_taken_ = false;
};

int load_plugin(const plugin_options& options) {
  auto server = options.connect();
  staged_file file(server, options.name);
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("name", file.name());
  if (options.shadow) json.member("shadow", options.shadow);
  json.end_object();
  const auto result = server.call("plugin.load", params);
  file.take();
  return show(options, result, options.shadow ? trial_begun_text : load_text);
}

int promote_plugin(const client_options& options) {
  auto server = options.connect();
  return show(options, server.call("plugin.promote"), load_text);
}

int set_plugin_aside(const plugin_options& options) {
  auto server = options.connect();
  std::string params;
  gateway::json_writer(params).begin_object().member("name", options.name).end_object();
  return show(options, server.call("plugin.set_aside", params),
              [](dom::element r) { return change_text(r, "is set aside"); });
}

// -- verbs ---------------------------------------------------------------------------------------

void add_load(CLI::App& group, chosen_verb& chosen) {
  auto* verb =
      add_verb(group, "load", "Load a plugin into a running server",
               "unscripted plugin load build/jump.so\n\n"
               "A file is copied to the server's data folder, and is there after a restart "
               "as well.\nA name is looked for in the server's folders of plugins. With "
               "--shadow it decides\nbeside the present ones, without effect; `plugin "
               "promote` then loads it.");
  auto o = std::make_shared<plugin_options>();
  add_client_options(*verb, *o);
  verb->add_option("plugin", o->name, "A file.so, or a name")->required()->type_name("NAME|FILE");
  verb->add_option("--shadow", o->shadow, "Try it beside the present ones for so many commands")
      ->check(positive())
      ->type_name("N");
  verb->callback([o, &chosen] { chosen = [o] { return load_plugin(*o); }; });
}

void add_set_aside(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "set-aside", "Take a plugin's actions and rules away",
                        "unscripted plugin set-aside jump\n\n"
                        "Its kinds stay, so things of them live on. `plugin load` brings it back.");
  auto o = std::make_shared<plugin_options>();
  add_client_options(*verb, *o);
  verb->add_option("plugin", o->name, "Its id, or the last part of it")
      ->required()
      ->type_name("NAME");
  verb->callback([o, &chosen] { chosen = [o] { return set_plugin_aside(*o); }; });
}

}  // namespace

void add_plugin_verbs(CLI::App& app, chosen_verb& chosen) {
  auto* group =
      add_verb(app, "plugin", "Plugins: those of a server, and your own", "unscripted plugin list");
  group->require_subcommand(1);

  auto* list = add_verb(*group, "list", "List the loaded plugins", "unscripted plugin list --json");
  auto options = std::make_shared<client_options>();
  add_client_options(*list, *options);
  list->callback([options, &chosen] { chosen = [options] { return list_plugins(*options); }; });

  add_load(*group, chosen);
  auto* promote = add_verb(*group, "promote", "Load what is tried beside the others",
                           "unscripted plugin promote");
  auto promoted = std::make_shared<client_options>();
  add_client_options(*promote, *promoted);
  promote->callback(
      [promoted, &chosen] { chosen = [promoted] { return promote_plugin(*promoted); }; });
  add_set_aside(*group, chosen);
  add_plugin_test(*group, chosen);
  add_plugin_new(*group, chosen);
  add_plugin_check(*group, chosen);
}

}  // namespace unscripted::cli
