#include "actors/client.hpp"

#include <utility>

namespace unscripted::actors {

std::shared_ptr<void> take_subscription(const std::shared_ptr<client>& who, std::size_t most) {
  std::size_t count = who->subscriptions_;
  do {
    if (count >= most) return nullptr;
  } while (!who->subscriptions_.compare_exchange_weak(count, count + 1));
  return {who.get(), [who](void*) { --who->subscriptions_; }};
}

void answer_alone(client& to, const ticket& t, const answer& a, const view* seen) {
  outbox mail;
  mail.stands_alone = true;
  if (t.group) {
    to.encode(mail.parts.emplace_back(outbox::part{t, {}}).bytes, t, a, seen);
  } else {
    mail.answered = 1;
    mail.stamp = t.stamp;
    if (!t.id.empty()) to.encode(mail.bytes, t, a, seen);
  }
  to.send(std::move(mail));
}

}  // namespace unscripted::actors
