// The v1 API without a door: the real engine in memory, the shipped plugins, and clients that ask
// and wait.
#pragma once

#include "gateway/v1/door.hpp"

#include <simdjson.h>

#include <future>
#include <memory>
#include <string>

namespace unscripted::gateway::testing {

/// What came back, read as JSON. Valid until the next of the same client.
struct v1_reply {
  unsigned status = 0;
  std::string text;
  simdjson::dom::element json;

  /// `/data/total_count`; fails the test where there is none.
  std::int64_t number(std::string_view pointer) const;
  std::string word(std::string_view pointer) const;
  /// Names of the members there, in order, parted by blanks.
  std::string members(std::string_view pointer) const;
};

class v1_server {
public:
  v1_server();
  ~v1_server();

  gateway::hub& hub() { return hub_; }
  bool is_stop_requested() const;
  /// Blocks until it is asked to stop.
  void wait_for_stop();

private:
  std::unique_ptr<plugin_registry> plugins_;
  gateway::hub hub_;
  std::unique_ptr<actors::engine> engine_;
  std::promise<void> stop_;
  std::future<void> stopped_{stop_.get_future()};
};

class v1_client {
public:
  explicit v1_client(v1_server& of);
  ~v1_client();

  /// Blocks until it is answered.
  const v1_reply& ask(const std::string& target, const std::string& method = {},
                      bool is_local = true);
  /// The id of what was made, or of the first item.
  std::string id_of(const std::string& target);

private:
  struct mailbox;

  std::shared_ptr<mailbox> mail_;
  std::shared_ptr<v1::connection> connection_;
  simdjson::dom::parser parser_;
  v1_reply last_;
};

}  // namespace unscripted::gateway::testing
