// The requests of v1, one function each.
#include "core/preset.hpp"
#include "gateway/access/permit.hpp"
#include "gateway/v1/api.hpp"
#include "gateway/v1/wishes.hpp"
#include "version.hpp"

#include <algorithm>
#include <sys/utsname.h>

namespace unscripted::gateway::v1 {

namespace {

constexpr const char* filters = "module, id, rootid and parentid";

failure no_such_method() { return {405, "Method not allowed"}; }

// GET, POST, DELETE and HEAD in lower case; nothing for any other.
std::optional<std::string> read_verb(const query& asked, const std::string& method) {
  const std::string* named = asked.value("@method");
  std::string verb = named ? *named : method;
  for (char& c : verb)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (verb.empty()) return "get";
  for (const char* known : {"get", "post", "delete", "head"})
    if (verb == known) return verb;
  return std::nullopt;
}

bool is_action(const query& asked) { return asked.path.size() == 4 && asked.path[2] == "actions"; }

// As the old server named what it was asked: by the last type in the path, then the verb.
std::string method_name(const query& asked, const std::string& verb) {
  const auto& path = asked.path;
  if (path.empty()) return "api." + verb;
  if (is_action(asked)) {
    std::string type = path[0];
    if (type.ends_with('s')) type.pop_back();
    return type + ".action." + path[3];
  }
  return (path.size() == 3 ? path[2] : path[0]) + "." + verb;
}

// The kind that is to be made: `module`, or else the type.
std::optional<std::string> kind_asked(const query& asked, const core::catalogue& known) {
  if (const std::string* module = asked.value("module")) return *module;
  const std::string& type = asked.path.back();
  if (names_kind(type, "thing")) return std::nullopt;
  for (const core::kind& k : known.kinds())
    if (names_kind(type, k.name)) return k.name;
  return type;
}

std::string describe_server(storage::durability durability) {
  utsname machine{};
  uname(&machine);
  std::string out;
  json_writer json{out};
  json.key("env").begin_object();
  json.member("backend", std::string{"RocksDB, "}.append(storage::to_string(durability)));
  json.member("python", "none");
  json.member("platform", std::string{machine.sysname} + " " + machine.machine);
  json.member("server", std::string{"unscripted "}.append(version));
  json.member("debug", "False").end_object();
  return out;
}

// A filter that a deletion would ignore may delete what nobody wanted to lose.
const parameter* find_unknown_filter(const query& asked) {
  const auto found = std::ranges::find_if(asked.params, [](const parameter& p) {
    return !is_filter(p.name) && !p.name.starts_with('@') && !p.name.starts_with('_');
  });
  return found == asked.params.end() ? nullptr : &*found;
}

}  // namespace

void api::begin(const request& r) {
  if (!port_) return;
  hub_.counters.v1_requests_total.fetch_add(1, std::memory_order_relaxed);
  task_ = std::make_shared<task>();
  who_ = r.who;
  address_ = r.address;
  from_ = r.from;
  auto parsed = parse_query(r.target);
  if (const auto* why = std::get_if<failure>(&parsed)) return fail(*why);
  task_->about.asked = std::get<query>(std::move(parsed));
  const query& asked = task_->about.asked;
  const auto verb = read_verb(asked, r.method);
  task_->is_head = verb == "head";
  task_->about.method = method_name(asked, !verb || task_->is_head ? "get" : *verb);
  if (!verb) return fail(no_such_method());
  if (hub_.stopping) return fail({503, "The server is stopping"});
  route(*verb, r.is_local);
}

void api::route(const std::string& verb, bool is_local) {
  const query& asked = task_->about.asked;
  const bool reads = verb == "get" || verb == "head";
  if (asked.path.empty()) return reads ? show_server() : fail(no_such_method());
  if (asked.path.size() == 1 && asked.path[0] == "stop")
    return task_->is_head ? fail(no_such_method()) : stop_server(is_local);
  if (is_action(asked)) return verb == "get" || verb == "post" ? act() : fail(no_such_method());
  if (asked.path.size() > 3) return fail({404, "Not found"});
  task_->which = select(asked);
  if (task_->which.must_exist && task_->which.is_empty) return fail(no_such_thing());
  if (reads) return list();
  if (verb == "delete") return remove();
  if (asked.path.size() == 2) return fail(no_such_method());
  make();
}

// -- the server ----------------------------------------------------------------------------------

void api::show_server() {
  if (may("server.status")) answer({}, "," + describe_server(hub_.durability));
}

// It ends cleanly: every world commits, and all is synced.
void api::stop_server(bool is_local) {
  if (!is_local) return fail({403, "The server is stopped from its own machine only"});
  if (!may("server.stop")) return;
  hub_.stopping = true;
  answer({});
  hub_.request_stop();
}

// -- things and worlds ---------------------------------------------------------------------------

void api::list() {
  if (may("thing.list")) ask_worlds(task::aim::items, &api::finish);
}

void api::make() {
  const auto known = hub_.plugins->present()->assembly.catalogue;
  const auto kind = kind_asked(task_->about.asked, *known);
  if (!kind) return fail({400, "Parameter `module`: expected what is to be made, as in bot"});
  if (*kind == known->kinds()[core::world_kind].name) make_world();
  else make_thing(*kind);
}

void api::make_world() {
  if (!may("world.create")) return;
  if (who_)
    if (const auto why = refuse_founding(*who_)) return fail(to_failure(*why));
  auto wish = read_world(task_->about.asked);
  if (const auto* why = std::get_if<failure>(&wish)) return fail(*why);
  task_->which = {};
  task_->is_change = true;
  begin_stage(1, &api::finish);
  hub_.engine->create_world(shared_from_this(), ticket_for(0),
                            std::get<core::world_wish>(std::move(wish)), {}, principal());
}

void api::make_thing(const std::string& kind) {
  if (!may(kind == "bot" ? "bot.create" : "thing.create")) return;
  const query& asked = task_->about.asked;
  const bool is_unknown = task_->which.is_empty;
  const auto where = task_->which.parent ? task_->which.parent : task_->which.root;
  if (is_unknown) return fail(no_such_thing());
  if (!where) return fail({400, "Parameter `parentid`: expected the id of a world"});
  if (where->thing != core::world_serial)
    return fail(
        {400, "Parameter `parentid`: expected the id of a world; nothing is made elsewhere"});
  auto wish = read_thing(asked, *hub_.plugins->present()->assembly.catalogue, kind);
  if (const auto* why = std::get_if<failure>(&wish)) return fail(*why);
  task_->which = {};
  task_->is_change = true;
  begin_stage(1, &api::finish);
  submit(where->world, 0,
         actors::create_thing_request{std::get<core::thing_wish>(std::move(wish)), true});
  end_stage();
}

void api::act() {
  if (!may("act")) return;
  const query& asked = task_->about.asked;
  const std::string* named = asked.value("actorid");
  if (!named) return fail({400, "Parameter `actorid`: expected the id of a bot"});
  const auto bot = core::parse_id(*named);
  const auto target = core::parse_id(asked.path[1]);
  if (!bot || !target) return fail(no_such_thing());
  if (from_)
    if (const auto why = from_->refuse_acts(hub_.limits, 1)) return fail(to_failure(*why));
  const bool on_world = target->thing == core::world_serial;
  auto args =
      read_args(asked, *hub_.plugins->present()->assembly.catalogue, asked.path[3], on_world);
  if (const auto* why = std::get_if<failure>(&args)) return fail(*why);
  task_->agent = bot;
  task_->is_change = true;
  actors::act_request act;
  act.wish.agent = living(*bot).thing;
  act.wish.action = asked.path[3];
  act.wish.target = living(*target);
  act.wish.args = std::get<core::named_values>(std::move(args));
  act.see = true;
  act.in_passing = true;
  begin_stage(1, &api::finish);
  submit(bot->world, 0, std::move(act));
  end_stage();
}

// -- deletion ------------------------------------------------------------------------------------

void api::remove() {
  if (const parameter* p = find_unknown_filter(task_->about.asked))
    return fail({400, "Nothing is deleted by `" + p->name + "`: filters are " + filters});
  if (!may(task_->which.takes_worlds() ? "world.delete" : "thing.delete")) return;
  if (task_->which.takes_worlds()) remove_worlds();
  else ask_worlds(task::aim::ids, &api::remove_found);
}

void api::remove_worlds() {
  const auto worlds = worlds_asked();
  for (const core::world_number w : worlds)
    if (const auto allowed = rights_in(w); !allowed) return fail(to_failure(allowed.why()));
  begin_stage(worlds.size(), &api::end_removal);
  for (std::size_t i = 0; i < worlds.size(); ++i)
    hub_.engine->delete_world(shared_from_this(), ticket_for(i), worlds[i]);
  end_stage();
}

void api::remove_found() {
  std::vector<core::thing_id> found;
  for (const part& p : task_->parts) {
    if (p.why && matters(*p.why)) return fail(*p.why);
    found.insert(found.end(), p.found.begin(), p.found.end());
  }
  begin_stage(found.size(), &api::end_removal);
  for (std::size_t i = 0; i < found.size(); ++i)
    submit(found[i].world, i, actors::delete_thing_request{found[i].thing});
  end_stage();
}

// What somebody else deleted meanwhile is gone as well.
void api::end_removal() {
  for (const part& p : task_->parts)
    if (p.why && (p.why->code != 404 || matters(*p.why))) return fail(*p.why);
  const bool is_more = task_->is_full();
  task_->room = items_max;
  if (is_more) ask_worlds(task::aim::ids, &api::remove_found);
  else answer({});
}

}  // namespace unscripted::gateway::v1
