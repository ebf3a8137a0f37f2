// The methods about who may do what: `hello`, and those about tokens.
#include "core/transaction.hpp"
#include "gateway/access/token_json.hpp"
#include "gateway/methods.hpp"
#include "storage/kept_answer.hpp"
#include "version.hpp"

namespace unscripted::gateway {

namespace {

using core::errc;
using core::problem;

constexpr std::uint64_t number_max = (std::uint64_t{1} << 53) - 1;

problem no_tokens() {
  return {errc::conflict,
          "this server requires no tokens: start it with --tokens, or give --data and no server",
          {}};
}

problem no_token() {
  return {errc::unauthorized, "this server wants a token: say `hello` with yours in `token`", {}};
}

problem known_already() {
  return {errc::conflict, "this connection has shown another token: open another connection", {}};
}

// The tokens of bots have the number of the token that made the bot.
bool is_same(const grant& a, const grant& b) {
  return a.number == b.number && a.world == b.world && a.bot == b.bot;
}

// What a client is told of its own token: "all" where none is required.
void write_scopes(json_writer& json, const grant* who) {
  json.key("scopes").begin_array().value(who ? to_string(who->role) : "all");
  if (who && who->world != 0)
    json.value("world:" + core::to_string(core::thing_id{who->world, core::world_serial}));
  if (who && who->bot != core::no_thing)
    json.value("bot:" + core::to_string(core::thing_id{who->world, who->bot}));
  json.end_array();
}

// Those that a client can meet. Of rates, worlds and sessions of an address, 0 is no limit.
void write_limits(json_writer& json, const limits& most) {
  json.key("limits").begin_object();
  json.member("line_bytes", most.line_bytes).member("json_depth", most.json_depth);
  json.member("in_flight", most.in_flight).member("unread_bytes", most.unread_bytes);
  json.member("subscriptions", most.of_worlds.subscriptions).member("reruns", most.reruns);
  json.member("requests_waiting", most.requests_waiting);
  json.member("perception_things", perception_things_max).member("list_bytes", list_bytes_max);
  json.member("name_bytes", core::name_bytes_max).member("text_bytes", core::text_bytes_max);
  json.member("key_bytes", core::key_bytes_max).member("keys_per_world", storage::kept_answers_max);
  json.member("effects_per_act", core::effects_max);
  json.member("sessions", most.sessions).member("things_per_world", most.things_per_world);
  json.member("sessions_per_address", most.sessions_per_address);
  json.member("worlds", most.of_worlds.worlds);
  json.member("worlds_per_token", most.of_worlds.worlds_per_token);
  json.member("acts_per_bot_per_s", most.of_worlds.acts_per_bot);
  json.member("acts_per_address_per_s", most.acts_per_address);
  json.member("history_bytes_per_day", most.of_worlds.history_per_day);
  json.member("header_bytes", header_bytes_max).member("tokens", tokens_max);
  json.member("history_questions", archive::waiting_max);
  json.member("handshake_s", most.handshake.count()).member("patience_s", most.patience.count());
  json.member("request_gap_s", request_gap_max.count());
  json.end_object();
}

}  // namespace

bool methods::show(std::string_view token) {
  if (!c_.hub_.gate) return true;
  auto found = c_.hub_.gate->tokens().find(token);
  if (!found) return c_.refuse_token(ticket_, std::move(found.why())), false;
  if (!c_.who_) c_.identify(*std::move(found));
  else if (!is_same(*c_.who_, **found)) return c_.answer_now(ticket_, known_already()), false;
  return true;
}

void methods::hello() {
  const auto token = p_.optional_text("token");
  p_.optional_text("client");
  if (refused()) return;
  if (c_.hub_.gate && !c_.who_ && !token) return c_.answer_now(ticket_, no_token());
  if (token && !show(*token)) return;
  std::string result;
  json_writer json{result};
  json.begin_object().member("server", "unscripted").member("version", version);
  json.member("protocol", 1).member("session", c_.id());
  write_scopes(json, c_.who_.get());
  write_limits(json, c_.hub_.limits);
  json.member("durability", storage::to_string(c_.hub_.durability)).end_object();
  c_.result_now(ticket_, result);
}

void methods::check_world(std::optional<core::world_number> world) {
  if (!world || !c_.hub_.gate) return;
  if (auto may = c_.rights_in(*world); !may) p_.complain(std::move(may.why()));
}

void methods::check_founding() {
  if (!c_.who_) return;
  if (auto why = refuse_founding(*c_.who_)) p_.complain(*std::move(why));
}

// -- tokens --------------------------------------------------------------------------------------

void methods::token_create() {
  token_wish wish;
  const auto named = parse_role(p_.text("role"));
  if (!named) p_.expect("role", R"("admin", "owner", "bot" or "observer")");
  wish.role = named.value_or(role::observer);
  if (p_.has("world")) wish.world = read_world().value_or(0);
  if (const auto bot = p_.optional_id("bot")) {
    if (wish.world != 0 && bot->world != wish.world) p_.expect("bot", "a bot of that world");
    wish.world = bot->world;
    wish.bot = bot->thing;
  }
  wish.days = static_cast<std::uint32_t>(p_.integer("days", 0, token_days_max).value_or(0));
  wish.name = p_.optional_text("name").value_or("");
  if (refused()) return;
  if (!c_.hub_.gate) return c_.answer_now(ticket_, no_tokens());
  const auto made = c_.hub_.gate->tokens().create(wish);
  if (!made) return c_.answer_now(ticket_, made.why());
  c_.acts_.note(ticket_.flags >> audit_shift, "token " + std::to_string(made->row.number));
  c_.result_now(ticket_, token_json(made->row, made->text));
}

void methods::token_list() {
  if (refused()) return;
  if (!c_.hub_.gate) return c_.answer_now(ticket_, no_tokens());
  c_.result_now(ticket_, tokens_json(c_.hub_.gate->tokens().list()));
}

// The answer leaves before anybody is expelled: it may be the one who asks.
void methods::token_revoke() {
  const auto number = p_.integer("id", 1, number_max);
  if (!number) p_.expect("id", "the number of a token; it is required");
  if (refused()) return;
  if (!c_.hub_.gate) return c_.answer_now(ticket_, no_tokens());
  if (const auto why = c_.hub_.gate->tokens().revoke(*number)) return c_.answer_now(ticket_, *why);
  c_.result_now(ticket_, "{}");
  c_.hub_.gate->sweep_soon();
}

}  // namespace unscripted::gateway
