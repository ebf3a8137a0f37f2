// A client that writes down what it gets, in one line of words each.
#pragma once

#include "actors/client.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace unscripted::actors::test {

/// In words: "7: done seq 5 tick 2", "8: !busy", "9: !dead strike heir 4", "* died 3 strike heir
/// 4". A part of a group begins with "part 2 of 7: ".
class recorder final : public client {
public:
  explicit recorder(connection_id id) : id_(id) {}

  connection_id id() const override { return id_; }
  void encode(std::string& out, const ticket& t, const answer& a, const view* seen) override;
  void encode(std::string& out, const event& e, const view& seen) override;
  void send(outbox&& mail) override;
  std::size_t backlog() const override;
  void abort(std::string_view why) override;

  /// What came since the last call.
  std::vector<std::string> take();
  /// All events (lines with '*') are left out, and come with take_events().
  std::vector<std::string> take_answers();
  std::vector<std::string> take_events();
  /// Blocks until the answer to a request came, and takes it out: what follows "id: ".
  std::string wait_for(const std::string& id);

  std::size_t answered() const;
  /// Blocks until so many requests were answered; false where that takes too long.
  bool wait_until_answered(std::size_t count);
  std::size_t sends() const;
  std::string aborted() const;
  void pretend_backlog(std::size_t bytes);
  /// From now on encoding throws, as a client with a bug might.
  void break_down(bool is_broken = true);

private:
  std::vector<std::string> take_if(bool events, bool answers);

  const connection_id id_;
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::string> lines_;
  std::size_t answered_ = 0, sends_ = 0, backlog_ = 0;
  std::string aborted_;
  bool is_broken_ = false;
};

/// The words of an answer, without the id.
std::string in_words(const answer& a, const view* seen);

using strings = std::vector<std::string>;

}  // namespace unscripted::actors::test
