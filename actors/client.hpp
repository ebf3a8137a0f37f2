// A client as the actors see it. The gateway's sessions implement it; tests use a recorder.
#pragma once

#include "actors/request.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::actors {

/// Encoded answers and events on their way to one client.
struct outbox {
  struct part {
    actors::ticket ticket;
    std::string bytes;
  };

  std::string bytes;          // whole answers and events, in order
  std::size_t answered = 0;   // how many requests these answer, parts not counted
  bool stands_alone = false;  // sent by answer_alone()
  std::uint64_t stamp = 0;    // of one of the tickets, where one has any
  std::vector<part> parts;    // answers that belong to a group: the client puts them together

  bool empty() const { return bytes.empty() && parts.empty() && answered == 0; }
};

class client {
public:
  virtual ~client() = default;

  /// Never changes.
  virtual connection_id id() const = 0;

  /// Appends the answer, in the client's own language. Called while the world stands still, on its
  /// thread: it may read `seen`, must not block, and must not touch what other threads change.
  /// `seen` is null only for problems that no world answered.
  virtual void encode(std::string& out, const ticket& t, const answer& a, const view* seen) = 0;
  virtual void encode(std::string& out, const event& e, const view& seen) = 0;

  /// Sends what was encoded; everything it acknowledges is as durable as the server promises. [any
  /// thread]
  virtual void send(outbox&& mail) = 0;

  /// How many bytes the peer has not taken yet. [any thread]
  virtual std::size_t backlog() const = 0;

  /// The conversation cannot go on (a world failed under it): closes the connection. [any thread]
  virtual void abort(std::string_view why) = 0;

private:
  friend std::shared_ptr<void> take_subscription(const std::shared_ptr<client>&, std::size_t);

  std::atomic<std::size_t> subscriptions_{0};  // in all worlds
};

/// Mail and who it is for.
struct letter {
  std::shared_ptr<client> to;
  outbox mail;
};

/// One of the subscriptions that a connection may have, in all worlds together; null where it has
/// `most` of them. It is given back when the last who holds it lets go. [any thread]
std::shared_ptr<void> take_subscription(const std::shared_ptr<client>& who, std::size_t most);

/// Sends one answer apart from the order of any world: that a world was created or deleted, or a
/// problem that no world answers.
void answer_alone(client& to, const ticket& t, const answer& a, const view* seen = nullptr);

}  // namespace unscripted::actors
