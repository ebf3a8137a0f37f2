#include "gateway/access/permit.hpp"

namespace unscripted::gateway {

namespace {

using core::errc;
using core::problem;
using level = actors::rights::level;

problem forbidden(std::string message) { return {errc::forbidden, std::move(message), {}}; }

std::string title_of(core::world_number world) {
  return "world " + core::to_string(core::thing_id{world, core::world_serial});
}

}  // namespace

std::optional<problem> refuse(const asker& a, role least, std::string_view method) {
  if (least == role::anyone) return std::nullopt;
  if (!a.who)
    return problem{errc::unauthorized,
                   "this server wants a token: say `hello` with yours before anything else",
                   {}};
  if (const char* why = a.who->ended(a.now_ms))
    return problem{
        errc::unauthorized, std::string{"your token is good for nothing any more: "} + why, {}};
  if (a.who->role >= least) return std::nullopt;
  return forbidden("`" + std::string{method} + "` needs a token of role " + to_string(least) +
                   "; yours is of role " + to_string(a.who->role))
      .with("role", std::string{to_string(least)});
}

core::result<actors::rights> rights_in(const grant& who, const actors::engine& worlds,
                                       core::world_number world) {
  actors::rights may{who.number, who.bot, level::manage};
  if (who.role == role::admin) return may;
  if (who.world != 0 && who.world != world)
    return forbidden("your token is good for " + title_of(who.world) + " only");
  if (who.role == role::observer) may.most = level::observe;
  else if (who.role == role::bot) may.most = level::play;
  else if (who.world == 0 && worlds.owner_of(world) != who.number)
    return forbidden(title_of(world) + " is not yours: another token made it");
  return may;
}

std::optional<problem> refuse_founding(const grant& who) {
  if (who.world == 0) return std::nullopt;
  return forbidden("your token is good for " + title_of(who.world) + " only: it makes no world");
}

}  // namespace unscripted::gateway
