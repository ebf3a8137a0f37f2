// The table of methods: names, what they do, and the params of each as `describe` tells them.
#include "gateway/methods.hpp"

#include <algorithm>

namespace unscripted::gateway {

namespace {

/// A parameter as the table has it. `schema` is JSON Schema without the braces.
struct param {
  const char* name;
  const char* schema;
  bool required = false;
};

constexpr const char* text = R"("type":"string")";
constexpr const char* id = R"("type":"string","pattern":"^[0-9a-f]{24}$")";
constexpr const char* place =
    R"("type":"array","items":{"type":"number"},"minItems":3,"maxItems":3,"unit":"m")";
constexpr const char* flag = R"("type":"boolean")";
constexpr const char* object = R"("type":"object")";
constexpr const char* metres = R"("type":"number","minimum":0,"unit":"m")";
constexpr const char* pace = R"("enum":["free","lockstep","realtime"])";
constexpr const char* counts =
    R"("type":"object","additionalProperties":{"type":"integer","minimum":0})";
constexpr const char* whole = R"("type":"integer","minimum":0)";
constexpr const char* tick_or_null = R"("type":["integer","null"],"minimum":0,"unit":"tick")";
constexpr const char* moment =
    R"("type":"object","properties":{"seq":{"type":"integer"},"tick":{"type":"integer"}},)"
    R"("minProperties":1,"maxProperties":1)";
constexpr const char* limit = R"("type":"integer","minimum":1,"maximum":1000,"default":1000)";

}  // namespace

struct methods::entry {
  const char* name;
  void (methods::*run)();
  const char* summary;
  std::vector<param> params;
};

void methods::add_server(std::vector<entry>& all) {
  const std::initializer_list<entry> some = {
      {"hello",
       &methods::hello,
       "Who the server is, and its limits.",
       {{"token", text}, {"client", text}}},
      {"ping", &methods::ping, "Answers.", {}},
      {"describe", &methods::describe_all, "All methods, kinds and actions.", {}},
      {"plugin.list", &methods::plugin_list, "The plugins and what they did.", {}},
      {"plugin.load",
       &methods::plugin_load,
       "Loads a plugin, or another build of one, in all worlds; with `shadow` it decides so many "
       "commands beside the present ones, without effect.",
       {{"name", R"("type":"string","pattern":"^[a-z][a-z0-9_]{0,31}$")", true},
        {"shadow", R"("type":"integer","minimum":1)"}}},
      {"plugin.promote", &methods::plugin_promote, "Loads what is tried beside the others.", {}},
      {"plugin.set_aside",
       &methods::plugin_set_aside,
       "Takes a plugin's actions and rules away; its kinds stay.",
       {{"name", text, true}}},
      {"server.status", &methods::server_status, "Counters of the server.", {}},
      {"server.backup",
       &methods::server_backup,
       "Adds a backup of all worlds to a folder.",
       {{"folder", text, true}, {"progress", flag}}},
      {"server.checkpoint",
       &methods::server_checkpoint,
       "Makes a copy of the data folder as it is now.",
       {{"folder", text, true}}},
      {"server.stop",
       &methods::server_stop,
       "Stops the server once everything is safe. When the connection ends, its data folder is "
       "free.",
       {}},
  };
  all.insert(all.end(), some);
}

void methods::add_worlds(std::vector<entry>& all) {
  const std::initializer_list<entry> some = {
      {"world.create",
       &methods::world_create,
       "Begins a world.",
       {{"name", text},
        {"dims", place},
        {"seed", whole},
        {"pace", pace},
        {"speed", R"("type":"number","minimum":0.000001,"maximum":10000,"default":1)"},
        {"deadline_ms", R"("type":"integer","minimum":1,"maximum":3600000,"default":1000)"},
        {"pause_at", tick_or_null},
        {"capacity", counts},
        {"rules", object},
        {"preset", text}}},
      {"world.list", &methods::world_list, "All worlds.", {}},
      {"world.get", &methods::world_get, "One world, by name or id.", {{"world", text, true}}},
      {"world.update",
       &methods::world_update,
       "Changes a world's settings and rules.",
       {{"world", text, true},
        {"name", text},
        {"pace", pace},
        {"speed", R"("type":"number")"},
        {"deadline_ms", whole},
        {"pause_at", tick_or_null},
        {"capacity", counts},
        {"rules", object}}},
      {"world.delete",
       &methods::world_delete,
       "Deletes a world and its history.",
       {{"world", text, true}}},
      {"world.fork",
       &methods::world_fork,
       "Begins a world with another one's state at any moment.",
       {{"world", text, true},
        {"at", moment},
        {"name", text},
        {"seed", whole},
        {"pause_at", tick_or_null}}},
  };
  all.insert(all.end(), some);
}

void methods::add_histories(std::vector<entry>& all) {
  const std::initializer_list<entry> some = {
      {"history.stats",
       &methods::history_stats,
       "How much history a world has.",
       {{"world", text, true}}},
      {"history.read",
       &methods::history_read,
       "Records, from a sequence on.",
       {{"world", text, true},
        {"from", whole, true},
        {"to", whole},
        {"limit", limit},
        {"bot", id},
        {"thing", id},
        {"action", text},
        {"outcome", R"("enum":["done","refused","fault"])"}}},
      {"history.state",
       &methods::history_state,
       "A world as it was at any moment.",
       {{"world", text, true},
        {"at", moment},
        {"kind", text},
        {"limit", R"("type":"integer","minimum":1,"maximum":100000,"default":1000)"},
        {"after", id}}},
      {"history.replay",
       &methods::history_replay,
       "Applies the effects of a history again, checking every hash.",
       {{"world", text, true}, {"from", moment}, {"to", moment}, {"progress", flag}}},
      {"history.verify",
       &methods::history_verify,
       "Decides every command of a history again, and compares: with the builds that it names "
       "where they are kept, or with those of the present.",
       {{"world", text, true},
        {"from", moment},
        {"to", moment},
        {"count_all", flag},
        {"present", flag},
        {"progress", flag}}},
      {"history.diff",
       &methods::history_diff,
       "What differs between two moments, and where two forks part.",
       {{"world", text, true},
        {"at", moment},
        {"other", text, true},
        {"other_at", moment},
        {"limit", R"("type":"integer","minimum":0,"maximum":10000,"default":1000)"},
        {"progress", flag}}},
      {"history.explain",
       &methods::history_explain,
       "Why a thing is as it is.",
       {{"id", id, true}, {"at", moment}, {"progress", flag}}},
      {"history.bisect",
       &methods::history_bisect,
       "The first tick at which something holds.",
       {{"world", text, true},
        {"when", text, true},
        {"from", moment},
        {"to", moment},
        {"scan", flag},
        {"progress", flag}}},
  };
  all.insert(all.end(), some);
}

void methods::add_keeping(std::vector<entry>& all) {
  const std::initializer_list<entry> some = {
      {"history.prune",
       &methods::history_prune,
       "Takes the records before a moment away.",
       {{"world", text, true}, {"before", moment, true}}},
      {"history.retain",
       &methods::history_retain,
       "How many days the records of a world are kept; 0: for ever.",
       {{"world", text, true}, {"keep_days", whole, true}}},
      {"history.export",
       &methods::history_export,
       "A history as JSON objects, page by page.",
       {{"world", text, true},
        {"what", R"("enum":["records","things","deaths","population"])"},
        {"from", moment},
        {"to", moment},
        {"every", whole},
        {"limit", R"("type":"integer","minimum":1,"maximum":10000,"default":1000)"}}},
      {"history.import",
       &methods::history_import,
       "Begins a world with a history that was exported as records.",
       {{"file", text, true}, {"name", text}, {"progress", flag}}},
  };
  all.insert(all.end(), some);
}

void methods::add_things(std::vector<entry>& all) {
  const std::initializer_list<entry> some = {
      {"thing.create",
       &methods::thing_create,
       "Puts a thing into a world.",
       {{"world", text, true},
        {"kind", text, true},
        {"pos", place},
        {"dims", place},
        {"name", text},
        {"props", object}}},
      {"thing.get", &methods::thing_get, "One thing.", {{"id", id, true}}},
      {"thing.update",
       &methods::thing_update,
       "Moves a thing (sets down one that is carried), or sets its properties.",
       {{"id", id, true}, {"pos", place}, {"props", object}}},
      {"thing.delete",
       &methods::thing_delete,
       "Takes a thing out of its world.",
       {{"id", id, true}}},
      {"thing.list",
       &methods::thing_list,
       "The things of a world, by id.",
       {{"world", text, true}, {"kind", text}, {"near", object}, {"limit", limit}, {"after", id}}},
  };
  all.insert(all.end(), some);
}

void methods::add_bots(std::vector<entry>& all) {
  const std::initializer_list<entry> some = {
      {"bot.create",
       &methods::bot_create,
       "A new bot; this connection speaks for it.",
       {{"world", text, true},
        {"name", text},
        {"female", flag},
        {"pos", place},
        {"mind", R"("enum":["remote","random"],"default":"remote")"}}},
      {"bot.attach",
       &methods::bot_attach,
       "Speaks for a bot from now on.",
       {{"bot", id, true}, {"token", text}, {"take", flag}}},
      {"bot.detach", &methods::bot_detach, "Speaks for it no more.", {{"bot", id, true}}},
      {"act",
       &methods::act,
       "An action of a bot; or a list of them in `acts`. Sent again with the same `key`, it is not "
       "decided again: the answer is the one that was given, also after a restart.",
       {{"bot", id},
        {"action", text},
        {"target", id},
        {"args", object},
        {"see", flag},
        {"key", R"("type":"string","minLength":1,"maxLength":64)"},
        {"acts", R"("type":"array","items":{"type":"object"})"}}},
      {"see",
       &methods::see,
       "What a bot sees now.",
       {{"bot", id, true},
        {"range", metres},
        {"frame", R"("enum":["world","ego"],"default":"world")"}}},
      {"subscribe",
       &methods::subscribe,
       "Tells what changes, or with `at` what changed from then on, as events.",
       {{"world", text},
        {"bot", id},
        {"range", metres},
        {"max_hz", R"("type":"number","maximum":1000,"default":30)"},
        {"since", whole},
        {"at", moment},
        {"to", moment},
        {"speed", R"("type":"number","minimum":0.001,"maximum":1000000,"default":1)"}}},
      {"unsubscribe", &methods::unsubscribe, "Ends a subscription.", {{"sub", whole, true}}},
  };
  all.insert(all.end(), some);
}

std::span<const methods::entry> methods::table() {
  static const std::vector<entry> all = [] {
    std::vector<entry> rows;
    add_server(rows);
    add_worlds(rows);
    add_histories(rows);
    add_keeping(rows);
    add_things(rows);
    add_bots(rows);
    return rows;
  }();
  return all;
}

bool methods::call(std::string_view name) {
  const auto all = table();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const entry& e) { return name == e.name; });
  if (found == all.end()) return false;
  (this->*found->run)();
  return true;
}

const std::string& methods::describe() {
  static const std::string built = [] {
    std::string out;
    json_writer json{out};
    json.begin_object();
    for (const entry& e : table()) {
      json.key(e.name).begin_object().member("summary", e.summary).key("params").begin_object();
      json.member("type", "object").key("properties").begin_object();
      for (const param& p : e.params) json.key(p.name).raw("{" + std::string{p.schema} + "}");
      json.end_object().key("required").begin_array();
      for (const param& p : e.params)
        if (p.required) json.value(p.name);
      json.end_array().member("additionalProperties", false).end_object().end_object();
    }
    json.end_object();
    return out;
  }();
  return built;
}

}  // namespace unscripted::gateway
