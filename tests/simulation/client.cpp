#include "tests/simulation/client.hpp"

#include <array>

namespace unscripted::simulation {

namespace {

namespace dom = simdjson::dom;

constexpr std::size_t in_flight_max = 8, bots_each = 3, kept_sure = 4;
constexpr std::array<const char*, 3> paces = {"free", "lockstep", "realtime"};

std::string in_quotes(const std::string& text) { return '"' + text + '"'; }

std::string text_of(dom::element of, std::string_view member) {
  std::string_view text;
  return of[member].get_string().get(text) == simdjson::SUCCESS ? std::string{text} : "";
}

std::uint64_t number_of(dom::element of, std::string_view member) {
  std::uint64_t number = 0;
  return of[member].get_uint64().get(number) == simdjson::SUCCESS ? number : 0;
}

}  // namespace

client::client(std::size_t number, std::uint64_t seed, witness& all)
  : number_(number), chance_(seed), all_(all) {}

void client::bear(gateway::role role, std::string token) {
  role_ = role;
  token_ = std::move(token);
}

// -- what it does --------------------------------------------------------------------------------

void client::turn(gateway::hub& server) {
  if (to_ && (to_->is_dropped() || one_in(400))) return cut();
  if (!to_) {
    to_ = std::make_unique<connection>(server);
    if (!token_.empty())
      ask_for({what::look, {}, {}, {}, {}, {}}, "hello", "{\"token\":" + in_quotes(token_) + "}");
    if (number_ == 0) found_worlds();
    return ask_again();
  }
  switch (draw(4)) {
    case 0: return ask();
    case 1: return to_->arrive(1 + draw(one_in(8) ? 16 : 4096));
    default:
      for (const std::string& line : to_->read(1 + draw(one_in(8) ? 16 : 65'536))) take(line);
  }
}

void client::cut() {
  to_.reset();
  for (auto& [id, a] : pending_) {
    if (a.kind == what::deletion) std::erase(passing_, a.world);
    if (a.kind == what::act && !a.key.empty()) unsure_.push_back(std::move(a));
  }
  pending_.clear();
}

void client::forget() {
  unsure_.clear();
  sure_.clear();
  bots_.clear();
  mine_.clear();
  passing_.clear();
  wells_.clear();
}

void client::settle() {
  if (!to_) return;
  to_->arrive(~std::size_t{0});
  for (const std::string& line : to_->read(~std::size_t{0})) take(line);
}

// -- what it asks --------------------------------------------------------------------------------

void client::ask_for(asked&& a, const std::string& method, const std::string& params) {
  const std::uint64_t id = ++last_id_;
  to_->say("{\"id\":" + std::to_string(id) + ",\"method\":" + in_quotes(method) +
           ",\"params\":" + params + "}\n");
  pending_.emplace(id, std::move(a));
}

void client::found_worlds() {
  for (const char* pace : paces)
    ask_for({what::world, pace, {}, {}, {}, {}}, "world.create",
            "{\"name\":" + in_quotes(pace) + ",\"pace\":" + in_quotes(pace) +
                ",\"seed\":7,\"dims\":[24,10,24],\"rules\":{\"day\":60,\"lifespan\":150}}");
}

bool client::wants_bot(const std::string& world) const {
  std::size_t count = 0;
  for (const bot& b : bots_) count += b.world == world;
  for (const auto& [id, a] : pending_) count += a.kind == what::bot && a.world == world;
  return count < bots_each;
}

void client::ask() {
  if (pending_.size() >= in_flight_max) return;
  if (!manages() && one_in(6)) return ask_forbidden();
  if (!plays()) return ask_something();
  const std::string world = paces[draw(paces.size())];
  if (wants_bot(world))
    return ask_for({what::bot, world, {}, {}, {}, {}}, "bot.create",
                   "{\"world\":" + in_quotes(world) + "}");
  if (one_in(5)) return ask_something();
  ask_act();
}

void client::ask_something() {
  const std::string world = paces[draw(paces.size())];
  const std::string id = bots_.empty() ? std::string{} : bots_[draw(bots_.size())].id;
  switch (draw(9)) {
    case 0:
      if (!manages() || wells_.size() >= 4) break;
      return ask_for({what::thing, world, {}, {}, {}, {}}, "thing.create",
                     "{\"world\":" + in_quotes(world) + ",\"kind\":\"well\"}");
    case 1:
      if (!manages() && founds()) break;  // none of these worlds is its own
      return ask_for({what::look, {}, {}, {}, {}, {}}, "thing.list",
                     "{\"world\":" + in_quotes(world) + "}");
    case 2:
      if (id.empty()) break;
      return ask_for({what::look, {}, {}, {}, {}, {}}, "see", "{\"bot\":" + in_quotes(id) + "}");
    case 3:
      if (id.empty()) break;
      return ask_for({what::look, {}, {}, {}, {}, {}}, "subscribe",
                     "{\"bot\":" + in_quotes(id) + "}");
    case 4:
      if (!manages() && founds()) break;
      return ask_for({what::look, {}, {}, {}, {}, {}}, "world.get",
                     "{\"world\":" + in_quotes(world) + "}");
    case 5: {
      if (!founds() || !one_in(8)) break;  // each that is deleted has RocksDB rewrite files
      const std::string name =
          "passing-" + std::to_string(number_) + '-' + std::to_string(++last_name_);
      return ask_for({what::passing, name, {}, {}, {}, {}}, "world.create",
                     "{\"name\":" + in_quotes(name) + ",\"seed\":" + std::to_string(draw(1000)) +
                         "}");
    }
    case 6: {
      if (passing_.empty()) break;
      const std::string gone = passing_.back();
      passing_.pop_back();
      all_.note_deletion_asked(core::parse_id(gone)->world);
      return ask_for({what::deletion, gone, {}, {}, {}, {}}, "world.delete",
                     "{\"world\":" + in_quotes(gone) + "}");
    }
    case 7: to_->say("{\"id\":7,\"method\":[1,\x01}\n"); return;
    default: to_->say("{\"id\":\"no\",\"method\":\"act\",\"params\":{\"bot\":1}}\n"); return;
  }
}

// What its token is not good for.
void client::ask_forbidden() {
  const auto ask_in_vain = [this](const std::string& method, const std::string& params) {
    ask_for({what::forbidden, {}, {}, method, {}, {}}, method, params);
  };
  const std::string of_world = "\"world\":" + in_quotes(paces[draw(paces.size())]);
  switch (draw(5)) {
    case 0: return ask_in_vain("token.list", "{}");
    case 1: return ask_in_vain("world.delete", '{' + of_world + '}');
    case 2: return ask_in_vain("thing.create", '{' + of_world + ",\"kind\":\"well\"}");
    case 3:
      if (plays()) break;
      return ask_in_vain("bot.create", '{' + of_world + '}');
    default: break;
  }
  if (const std::string* foreign = all_.bot_of_another(number_, chance_()))
    ask_in_vain("act", "{\"bot\":" + in_quotes(*foreign) +
                           ",\"action\":\"walk\",\"args\":{\"angle\":0.5}}");
}

void client::ask_act() {
  if (one_in(12) && !sure_.empty()) {
    asked again = sure_[draw(sure_.size())];
    const std::string params = again.params;
    return ask_for(std::move(again), "act", params);
  }
  if (bots_.empty()) return;
  const bot& b = bots_[draw(bots_.size())];
  asked a{what::act, b.world, b.id, "walk", {}, {}};
  std::string rest = ",\"args\":{\"angle\":0." + std::to_string(draw(1000)) + "}";
  if (one_in(5)) {
    a.action = "say";
    rest = ",\"args\":{\"words\":\"words of " + b.id + "\"}";
  } else if (one_in(5) && !wells_.empty()) {
    a.action = "drink";
    rest = ",\"target\":" + in_quotes(wells_[draw(wells_.size())]);
  }
  if (!one_in(3)) {
    a.key = std::to_string(number_) + '-' + std::to_string(++last_key_);
    rest += ",\"key\":" + in_quotes(a.key);
  }
  if (one_in(4)) rest += ",\"see\":true";
  a.params = "{\"bot\":" + in_quotes(b.id) + ",\"action\":" + in_quotes(a.action) + rest + "}";
  const std::string params = a.params;
  ask_for(std::move(a), "act", params);
}

// What was not answered is asked under its key once more.
void client::ask_again() {
  for (asked& a : std::exchange(unsure_, {})) {
    const std::string params = a.params;
    ask_for(std::move(a), "act", params);
  }
}

// -- what it is told -----------------------------------------------------------------------------

void client::take(const std::string& line) {
  dom::element message;
  if (parser_.parse(line).get(message) != simdjson::SUCCESS)
    return all_.complain("the server said what is not JSON: " + line);
  take_message(line, message);
  hold_private(message);  // once it is known whose bot was made
}

void client::take_message(const std::string& line, dom::element message) {
  dom::element id;
  if (message["id"].get(id) == simdjson::SUCCESS) {
    std::uint64_t number = 0;
    if (id.get_uint64().get(number) != simdjson::SUCCESS) return;  // of a line that was nonsense
    const auto found = pending_.find(number);
    if (found == pending_.end()) return all_.complain("an answer to nothing: " + line);
    const asked a = std::move(found->second);
    pending_.erase(found);
    return take_answer(a, message);
  }
  dom::element params;
  if (text_of(message, "method") == "died" && message["params"].get(params) == simdjson::SUCCESS)
    follow(text_of(params, "bot"), params);
}

void client::take_answer(const asked& a, dom::element message) {
  dom::element told;
  if (message["result"].get(told) == simdjson::SUCCESS) return take_result(a, told);
  if (message["error"].get(told) == simdjson::SUCCESS) return take_error(a, told);
  all_.complain("an answer without result and error");
}

void client::take_result(const asked& a, dom::element result) {
  const std::string id = text_of(result, "id");
  const auto parsed = core::parse_id(id);
  switch (a.kind) {
    case what::act: return take_act(a, result);
    case what::bot:
      bots_.push_back({id, a.world});
      mine_.insert(id);
      all_.note_bot(id, number_);
      return all_.note_given(*parsed);
    case what::thing: wells_.push_back(id); return all_.note_given(*parsed);
    case what::world: return all_.note_world(parsed->world);
    case what::passing: passing_.push_back(id); return all_.note_world(parsed->world);
    case what::deletion: return all_.note_deleted(core::parse_id(a.world)->world);
    case what::forbidden:
      return all_.complain(std::string{"a token of role "} + to_string(role_) + " was let do " +
                           a.action);
    default: return;
  }
}

void client::take_act(const asked& a, dom::element result) {
  all_.note_act(*core::parse_id(a.bot), a.action, a.key, number_of(result, "seq"));
  if (a.key.empty()) return;
  sure_.push_back(a);
  if (sure_.size() > kept_sure) sure_.pop_front();
}

// These are what may come of what it asks; all else is a mistake of the server, or of this.
void client::take_error(const asked& a, dom::element error) {
  static const std::set<std::string> expected = {"dead",          "busy",     "not_found",
                                                 "over_capacity", "conflict", "overloaded"};
  dom::element data;
  if (error["data"].get(data) != simdjson::SUCCESS) return all_.complain("an error without data");
  const std::string reason = text_of(data, "reason");
  const bool is_expected = expected.contains(reason) ||
                           (reason == "forbidden" && a.kind == what::forbidden) ||
                           (reason == "storage_full" && all_.has_disk_failed());
  if (!is_expected) all_.complain(reason + ": " + text_of(error, "message"));
  if (reason == "dead" && a.kind == what::act) follow(a.bot, data);
}

void client::follow(std::string_view dead, dom::element told) {
  const std::string heir = text_of(told, "heir");
  for (bot& b : bots_)
    if (b.id == dead) b.id = heir;
  std::erase_if(bots_, [](const bot& b) { return b.id.empty(); });
  if (!heir.empty() && mine_.contains(std::string{dead})) mine_.insert(heir);
}

// Properties that only the bot itself may see are seen by nobody else, but by admins.
void client::hold_private(dom::element shown) {
  if (role_ == gateway::role::admin) return;
  dom::object object;
  dom::array list;
  if (shown.get_array().get(list) == simdjson::SUCCESS) {
    for (const auto one : list) hold_private(one);
    return;
  }
  if (shown.get_object().get(object) != simdjson::SUCCESS) return;
  dom::object props;
  if (object["props"].get_object().get(props) == simdjson::SUCCESS)
    for (const auto p : props)
      if (p.key.starts_with('_') && !mine_.contains(text_of(shown, "id")))
        all_.complain("a private property of " + text_of(shown, "id") +
                      " was shown: " + std::string{p.key});
  for (const auto member : object) hold_private(member.value);
}

}  // namespace unscripted::simulation
