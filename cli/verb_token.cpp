// `token`: who may speak to a server that requires tokens.

#include "cli/table.hpp"
#include "cli/verb.hpp"
#include "gateway/access/opening.hpp"
#include "gateway/access/secret_file.hpp"
#include "gateway/access/token_json.hpp"
#include "storage/clock.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>

namespace unscripted::cli {

namespace dom = simdjson::dom;

namespace {

struct token_options : client_options {
  std::string data;  // empty: ask the server
  std::string role, world, name, out;
  std::uint32_t days = 0;
  std::uint64_t id = 0;
};

// -- a folder that no server has open ------------------------------------------------------------

struct folder_tokens {
  std::unique_ptr<storage::store> store;
  std::unique_ptr<gateway::token_store> tokens;
};

[[noreturn]] void fail_with(const core::problem& why) {
  throw refused({core::wire_code(why.code), core::reason(why.code), why.message, {}});
}

folder_tokens open_folder(const std::string& data) {
  folder_tokens opened;
  if (!std::filesystem::is_directory(data))  // opening it would make one
    throw failed("there is no data folder '" + data + "': look at --data");
  auto store = storage::store::open(data, storage::durability::fsync);
  if (!store) throw failed(store.why().message);
  opened.store = std::move(*store);
  auto tokens = gateway::token_store::open(opened.store.get(), storage::unix_ms);
  if (!tokens) fail_with(tokens.why());
  opened.tokens = std::move(*tokens);
  return opened;
}

core::world_number find_world(const storage::store& in, const std::string& world) {
  const auto all = in.worlds();
  if (!all) throw failed(all.why().message);
  for (const auto& w : *all) {
    const auto id = core::to_string(core::thing_id{w.number, core::world_serial});
    if (world == w.name || world == id) return w.number;
  }
  throw refused({404, "not_found", "there is no world " + world + " in that folder", {}});
}

document create_in_folder(const token_options& options) {
  const auto in = open_folder(options.data);
  gateway::token_wish wish;
  wish.role = gateway::parse_role(options.role).value();  // the option was checked
  if (!options.world.empty()) wish.world = find_world(*in.store, options.world);
  wish.days = options.days;
  wish.name = options.name;
  const auto made = in.tokens->create(wish);
  if (!made) fail_with(made.why());
  return document(gateway::token_json(made->row, made->text));
}

// -- a server ------------------------------------------------------------------------------------

document create_at_server(const token_options& options) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("role", options.role).member("days", options.days);
  if (!options.world.empty()) json.member("world", options.world);
  if (!options.name.empty()) json.member("name", options.name);
  json.end_object();
  return options.connect().call("token.create", params);
}

// -- the verbs -----------------------------------------------------------------------------------

std::string date_at(dom::element token, std::string_view name) {
  const auto seconds = static_cast<std::time_t>(number_at(token, name));
  if (seconds == 0) return "-";
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text;
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &parts)};
}

std::string token_table(dom::element result) {
  table rows({"id", "role", "world", "name", "created", "expires", "revoked", "used"});
  for (const auto token : items_at(result, "items"))
    rows.add({plain_at(token, "id"), plain_at(token, "role"), plain_at(token, "world"),
              plain_at(token, "name"), date_at(token, "created"), date_at(token, "expires"),
              date_at(token, "revoked"), date_at(token, "used")});
  return rows.text();
}

int create_token(const token_options& options) {
  const auto made = options.data.empty() ? create_at_server(options) : create_in_folder(options);
  if (options.out.empty()) {
    if (!options.json) std::fputs("this is the only time that the token is shown\n", stderr);
    return show(options, made,
                [](dom::element token) { return std::string(text_at(token, "token")) + '\n'; });
  }
  if (const auto why = gateway::write_secret_file(options.out, text_at(made.root(), "token")))
    throw failed(*why + "; the token is lost: revoke it, its id is " +
                 std::to_string(count_at(made.root(), "id")));
  std::printf("token %llu is in %s\n", static_cast<unsigned long long>(count_at(made.root(), "id")),
              options.out.c_str());
  return exit_ok;
}

int list_tokens(const token_options& options) {
  if (options.data.empty()) return show(options, options.connect().call("token.list"), token_table);
  const auto in = open_folder(options.data);
  return show(options, document(gateway::tokens_json(in.tokens->list())), token_table);
}

int revoke_token(const token_options& options) {
  const auto said = [&](auto) { return "revoked token " + std::to_string(options.id) + "\n"; };
  if (options.data.empty()) {
    const auto params = "{\"id\":" + std::to_string(options.id) + "}";
    return show(options, options.connect().call("token.revoke", params), said);
  }
  const auto in = open_folder(options.data);
  if (const auto why = in.tokens->revoke(options.id)) fail_with(*why);
  return show(options, document("{}"), said);
}

std::shared_ptr<token_options> add_token_verb(CLI::App& verb, chosen_verb& chosen,
                                              int (*act)(const token_options&)) {
  auto o = std::make_shared<token_options>();
  add_client_options(verb, *o);
  verb.add_option("--data", o->data,
                  "Change this folder, which no server has open, instead of asking a server")
      ->type_name("DIR");
  verb.callback([o, act, &chosen] { chosen = [o, act] { return act(*o); }; });
  return o;
}

}  // namespace

void add_token_verbs(CLI::App& app, chosen_verb& chosen) {
  auto* group = add_verb(app, "token", "Who may speak to a server that requires tokens",
                         "unscripted token list");
  group->require_subcommand(1);

  auto* create = add_verb(*group, "create", "Make a token, and show it: once",
                          "unscripted token create --role owner --days 90 --name ada");
  const auto o = add_token_verb(*create, chosen, create_token);
  create
      ->add_option("--role", o->role,
                   "admin: everything; owner: makes worlds, and does everything in those; bot: "
                   "makes bots, and acts for those; observer: reads")
      ->required()
      ->check(CLI::IsMember({"admin", "owner", "bot", "observer"}))
      ->type_name("ROLE");
  create->add_option("--world", o->world, "The only world it is good for; not of an admin");
  create->add_option("--days", o->days, "It ends after so many days; 0: never")
      ->check(CLI::Range(0u, gateway::token_days_max))
      ->type_name("N");
  create->add_option("--name", o->name, "For you to know it by")->type_name("TEXT");
  create->add_option("--out", o->out, "Write it to this file, which only you can read")
      ->type_name("FILE");

  auto* list = add_verb(*group, "list", "List the tokens, without their secrets",
                        "unscripted token list --data ./unscripted-data");
  add_token_verb(*list, chosen, list_tokens);

  auto* revoke = add_verb(*group, "revoke", "End a token, and those of the bots made with it",
                          "unscripted token revoke 3");
  const auto r = add_token_verb(*revoke, chosen, revoke_token);
  revoke->add_option("id", r->id, "Its number, as in `token list`")->required()->check(positive());
}

}  // namespace unscripted::cli
