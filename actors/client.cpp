#include "actors/client.hpp"

#include <utility>

namespace unscripted::actors {

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
