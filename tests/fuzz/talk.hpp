// A conversation without a socket: lines in, everything that is answered out.
#pragma once

#include "gateway/conversation.hpp"

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace unscripted::fuzz {

class talk final : public gateway::wire {
public:
  explicit talk(gateway::hub& shared);
  ~talk() override;

  /// Each line is a frame, as the TCP door has it. Returns what came back once all is answered.
  std::string say(std::string_view lines);
  /// How many frames of those were to be answered.
  std::size_t owed() const { return owed_; }

  void write(std::string&& frames) override;
  std::size_t backlog() const override { return 0; }
  void drop(std::string_view why) override;
  void resume() override;

private:
  template <class Condition>
  void wait_until(Condition holds);

  std::shared_ptr<gateway::conversation> with_;
  std::size_t owed_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string said_;
  bool is_dropped_ = false;
};

}  // namespace unscripted::fuzz
