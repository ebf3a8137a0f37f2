// The table of methods: names, what they do, and the params of each as `describe` tells them.
#include "gateway/method_table.hpp"

namespace unscripted::gateway {

using namespace schema;

namespace {

core::problem unknown_method(std::string_view called) {
  const std::string name{called.substr(0, 64)};
  return core::problem{
      core::errc::unknown_method, "there is no method `" + name + "`; `describe` lists them", {}}
      .with("method", name);
}

}  // namespace

void methods::add_server(std::vector<entry>& all) {
  const std::initializer_list<entry> some = {
      {"hello",
       &methods::hello,
       role::anyone,
       "Who the server is, and its limits.",
       {{"token", text}, {"client", text}}},
      {"ping", &methods::ping, role::anyone, "Answers.", {}},
      {"describe", &methods::describe_all, role::observer, "All methods, kinds and actions.", {}},
      {"plugin.list", &methods::plugin_list, role::observer, "The plugins and what they did.", {}},
      {"plugin.load",
       &methods::plugin_load,
       role::admin,
       "Loads a plugin, or another build of one, in all worlds; with `shadow` it decides so many "
       "commands beside the present ones, without effect.",
       {{"name", R"("type":"string","pattern":"^[a-z][a-z0-9_]{0,31}$")", true},
        {"shadow", R"("type":"integer","minimum":1)"}},
       "name"},
      {"plugin.promote",
       &methods::plugin_promote,
       role::admin,
       "Loads what is tried beside the others.",
       {},
       ""},
      {"plugin.set_aside",
       &methods::plugin_set_aside,
       role::admin,
       "Takes a plugin's actions and rules away; its kinds stay.",
       {{"name", text, true}},
       "name"},
      {"server.status", &methods::server_status, role::observer, "Counters of the server.", {}},
      {"server.backup",
       &methods::server_backup,
       role::admin,
       "Adds a backup of all worlds to a folder.",
       {{"folder", text, true}, {"progress", flag}},
       "folder"},
      {"server.checkpoint",
       &methods::server_checkpoint,
       role::admin,
       "Makes a copy of the data folder as it is now.",
       {{"folder", text, true}},
       "folder"},
      {"server.stop",
       &methods::server_stop,
       role::admin,
       "Stops the server once everything is safe. When the connection ends, its data folder is "
       "free.",
       {},
       ""},
      {"token.create",
       &methods::token_create,
       role::admin,
       "Makes a token, and shows it: once.",
       {{"role", R"("enum":["admin","owner","bot","observer"])", true},
        {"world", text},
        {"bot", id},
        {"days", R"("type":"integer","minimum":0,"maximum":36500,"default":0)"},
        {"name", text}},
       "role"},
      {"token.list", &methods::token_list, role::admin, "The tokens, without their secrets.", {}},
      {"token.revoke",
       &methods::token_revoke,
       role::admin,
       "Ends a token, and the tokens of the bots that were made with it.",
       {{"id", R"("type":"integer","minimum":1)", true}},
       "id"},
  };
  all.insert(all.end(), some);
}

void methods::add_worlds(std::vector<entry>& all) {
  const std::initializer_list<entry> some = {
      {"world.create",
       &methods::world_create,
       role::owner,
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
      {"world.list", &methods::world_list, role::observer, "All worlds.", {}},
      {"world.get",
       &methods::world_get,
       role::observer,
       "One world, by name or id.",
       {{"world", text, true}}},
      {"world.update",
       &methods::world_update,
       role::owner,
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
       role::owner,
       "Deletes a world and its history.",
       {{"world", text, true}},
       "world"},
      {"world.fork",
       &methods::world_fork,
       role::owner,
       "Begins a world with another one's state at any moment.",
       {{"world", text, true},
        {"at", moment},
        {"name", text},
        {"seed", whole},
        {"pause_at", tick_or_null}}},
  };
  all.insert(all.end(), some);
}

void methods::add_things(std::vector<entry>& all) {
  const std::initializer_list<entry> some = {
      {"thing.create",
       &methods::thing_create,
       role::owner,
       "Puts a thing into a world.",
       {{"world", text, true},
        {"kind", text, true},
        {"pos", place},
        {"dims", place},
        {"name", text},
        {"props", object}}},
      {"thing.get", &methods::thing_get, role::observer, "One thing.", {{"id", id, true}}},
      {"thing.update",
       &methods::thing_update,
       role::owner,
       "Moves a thing (sets down one that is carried), or sets its properties.",
       {{"id", id, true}, {"pos", place}, {"props", object}}},
      {"thing.delete",
       &methods::thing_delete,
       role::owner,
       "Takes a thing out of its world.",
       {{"id", id, true}}},
      {"thing.list",
       &methods::thing_list,
       role::observer,
       "The things of a world, by id.",
       {{"world", text, true}, {"kind", text}, {"near", object}, {"limit", limit}, {"after", id}}},
  };
  all.insert(all.end(), some);
}

void methods::add_bots(std::vector<entry>& all) {
  const std::initializer_list<entry> some = {
      {"bot.create",
       &methods::bot_create,
       role::bot,
       "A new bot; this connection speaks for it.",
       {{"world", text, true},
        {"name", text},
        {"female", flag},
        {"pos", place},
        {"mind", R"("enum":["remote","random"],"default":"remote")"}}},
      {"bot.attach",
       &methods::bot_attach,
       role::bot,
       "Speaks for a bot from now on. Shows the `token` first, as `hello` does.",
       {{"bot", id, true}, {"token", text}, {"take", flag}},
       nullptr,
       true},
      {"bot.detach",
       &methods::bot_detach,
       role::bot,
       "Speaks for it no more.",
       {{"bot", id, true}}},
      {"act",
       &methods::act,
       role::bot,
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
       role::observer,
       "What a bot sees now.",
       {{"bot", id, true},
        {"range", metres},
        {"frame", R"("enum":["world","ego"],"default":"world")"}}},
      {"subscribe",
       &methods::subscribe,
       role::observer,
       "Tells what changes, or with `at` what changed from then on, as events.",
       {{"world", text},
        {"bot", id},
        {"range", metres},
        {"max_hz", R"("type":"number","maximum":1000,"default":30)"},
        {"since", whole},
        {"at", moment},
        {"to", moment},
        {"speed", R"("type":"number","minimum":0.001,"maximum":1000000,"default":1)"}}},
      {"unsubscribe",
       &methods::unsubscribe,
       role::observer,
       "Ends a subscription.",
       {{"sub", whole, true}}},
  };
  all.insert(all.end(), some);
}

std::span<const methods::entry> methods::table() {
  static const std::vector<entry> all = [] {
    std::vector<entry> rows;
    add_server(rows);
    add_worlds(rows);
    add_histories(rows);
    add_findings(rows);
    add_keeping(rows);
    add_things(rows);
    add_bots(rows);
    return rows;
  }();
  return all;
}

// What is called is mostly what was called before it.
const methods::entry* methods::find(std::string_view name) {
  static thread_local const entry* last = nullptr;
  if (last && last->name == name) return last;
  const auto all = table();
  const auto found = std::ranges::find(all, name, &entry::name);
  return found == all.end() ? nullptr : last = &*found;
}

bool methods::is_audited(std::string_view name) {
  const entry* const found = find(name);
  return found && found->audited;
}

void methods::call(std::string_view name) {
  const entry* const found = find(name);
  if (!found) return c_.answer_now(ticket_, unknown_method(name));
  if (found->audited) note_act(found->name, found->audited);
  if (found->shows_token) {
    const auto token = p_.optional_text("token");
    if (token && !show(*token)) return;
  }
  if (const auto why = c_.refuse(found->least, name)) return c_.answer_now(ticket_, *why);
  (this->*found->run)();
}

// What nobody waits to hear the outcome of is said when it is asked for.
void methods::note_act(std::string_view name, const char* target) {
  if (!c_.who_) return;
  audited_act act{c_.who_->number, c_.wire_.address(), std::string{name},
                  p_.peek_text(target).value_or("")};
  ticket_.flags |= c_.acts_.begin(std::move(act)) << audit_shift;
}

role methods::least_role(std::string_view name) {
  const entry* const found = find(name);
  return found ? found->least : role::admin;  // a name that the table lacks is a mistake of ours
}

const std::string& methods::describe() {
  static const std::string built = [] {
    std::string out;
    json_writer json{out};
    json.begin_object();
    for (const entry& e : table()) {
      json.key(e.name).begin_object().member("summary", e.summary);
      json.member("role", to_string(e.least)).key("params").begin_object();
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
