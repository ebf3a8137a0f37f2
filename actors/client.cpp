#include "actors/client.hpp"

#include <utility>

namespace unscripted::actors {

void answer_alone(client& to, const ticket& t, const answer& a) {
  outbox mail;
  if (t.group) {
    to.encode(mail.parts.emplace_back(outbox::part{t, {}}).bytes, t, a, nullptr);
  } else {
    mail.answered = 1;
    if (!t.id.empty()) to.encode(mail.bytes, t, a, nullptr);
  }
  to.send(std::move(mail));
}

}  // namespace unscripted::actors
