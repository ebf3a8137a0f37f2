// The part of a conversation that knows whose it is.
#include "gateway/conversation.hpp"

namespace unscripted::gateway {

namespace {

using core::problem;

}  // namespace

std::size_t conversation::line_bytes() const {
  const bool is_stranger = hub_.gate && !who_;
  return is_stranger ? std::min(stranger_line_bytes, hub_.limits.line_bytes)
                     : hub_.limits.line_bytes;
}

void conversation::identify(grant_ptr who) {
  who_ = std::move(who);
  stranger_.reset();
}

void conversation::expel(const problem& why) {
  const std::lock_guard lock{wire_mutex_};
  if (closed_) return;
  actors::ticket nobody;
  nobody.id = "null";
  std::string line;
  hub_.encode->answer(line, nobody, why, nullptr);
  wire_.write(std::move(line));
  wire_.drop(why.message);
}

std::optional<problem> conversation::refuse(role least, std::string_view method) const {
  if (!hub_.gate) return std::nullopt;
  return gateway::refuse({who_.get(), hub_.gate->tokens().now_ms()}, least, method);
}

core::result<actors::rights> conversation::rights_in(core::world_number world) const {
  if (!who_) return actors::rights{};
  return gateway::rights_in(*who_, *hub_.engine, world);
}

// Worlds call it while they answer. Whose the conversation is changes only while nothing is on its
// way: a connection that says events is one token's for good, one of POST /rpc asks one by one.
std::string conversation::token_of(const core::thing_id& bot) const {
  return who_ ? hub_.gate->tokens().token_of_bot(*who_, bot) : std::string{};
}

// Nothing more is taken until it is told: a guess takes its time.
void conversation::refuse_token(const actors::ticket& t, problem why) {
  begin_barrier();
  hub_.gate->note_failure(wire_.address(), [self = shared_from_this(), t, why = std::move(why)] {
    self->answer_later(t, why);
  });
}

}  // namespace unscripted::gateway
