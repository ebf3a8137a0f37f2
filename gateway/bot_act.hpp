// An action of a bot, as the params of `act` have it.
#pragma once

#include "actors/request.hpp"
#include "core/ids.hpp"
#include "gateway/params.hpp"

namespace unscripted::gateway {

/// And the world that it is for.
struct bot_act {
  core::world_number world = 0;
  actors::act_request act;
};

/// What is missing or wrong is a problem of the reader's.
bot_act read_act(params_reader& p);

}  // namespace unscripted::gateway
