// A connection to a simulated server: bytes under way in both directions, which arrive in pieces.
#pragma once

#include "gateway/conversation.hpp"
#include "gateway/line_buffer.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::simulation {

class connection final : public gateway::wire {
public:
  explicit connection(gateway::hub& shared);
  /// Cut: what is under way is lost.
  ~connection() override;

  // -- the client's end ---------------------------------------------------------------------------

  void say(std::string_view bytes) { to_server_ += bytes; }
  /// Reads at most so many bytes more; the lines that are whole by then.
  std::vector<std::string> read(std::size_t most);
  bool is_dropped() const { return is_dropped_; }

  // -- the server's end ---------------------------------------------------------------------------

  /// So many bytes of what the client said arrive, as far as the server takes them.
  void arrive(std::size_t most);

  void write(std::string&& frames) override { to_client_ += frames; }
  std::size_t backlog() const override { return to_client_.size(); }
  void drop(std::string_view) override { is_dropped_ = true; }
  void resume() override { is_held_ = false; }

private:
  void take_lines();

  std::shared_ptr<gateway::conversation> with_;
  gateway::line_buffer in_;
  std::string to_server_, to_client_;
  std::string part_;  // of a line that the client has begun to read
  bool is_held_ = false, is_dropped_ = false;
};

}  // namespace unscripted::simulation
