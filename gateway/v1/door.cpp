#include "gateway/v1/door.hpp"

namespace unscripted::gateway::v1 {

namespace {

class nobody final : public connection {
public:
  explicit nobody(reply_function answer) : answer_(std::move(answer)) {}
  void take(request) override { answer_({501, R"({"error":"this build has no v1 API"})"}); }
  void close() override {}

private:
  reply_function answer_;
};

}  // namespace

std::shared_ptr<connection> open(hub&, reply_function answer, drop_function) {
  return std::make_shared<nobody>(std::move(answer));
}

}  // namespace unscripted::gateway::v1
