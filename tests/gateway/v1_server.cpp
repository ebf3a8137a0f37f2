#include "tests/gateway/v1_server.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>
#include <optional>

namespace unscripted::gateway::testing {

namespace {

constexpr std::chrono::seconds patience{60};

std::unique_ptr<plugin_registry> open_plugins() {
  registry_options how;
  how.folders = {UNSCRIPTED_PLUGINS_DIR};
  how.warn = [](const std::string&) {};
  auto opened = plugin_registry::open(std::move(how));
  REQUIRE(opened);
  return std::move(*opened);
}

}  // namespace

std::int64_t v1_reply::number(std::string_view pointer) const {
  CAPTURE(text, std::string{pointer});
  std::int64_t value = 0;
  REQUIRE(json.at_pointer(pointer).get(value) == simdjson::SUCCESS);
  return value;
}

std::string v1_reply::word(std::string_view pointer) const {
  CAPTURE(text, std::string{pointer});
  std::string_view value;
  REQUIRE(json.at_pointer(pointer).get(value) == simdjson::SUCCESS);
  return std::string{value};
}

std::string v1_reply::members(std::string_view pointer) const {
  CAPTURE(text, std::string{pointer});
  simdjson::dom::object object;
  REQUIRE(json.at_pointer(pointer).get(object) == simdjson::SUCCESS);
  std::string names;
  for (const auto field : object) names.append(names.empty() ? "" : " ").append(field.key);
  return names;
}

v1_server::v1_server() : plugins_(open_plugins()) {
  actors::engine_options how;
  how.durability = storage::durability::memory;
  how.catalogue = plugins_->present()->assembly.catalogue;
  how.threads = 2;
  how.fatal = [](const std::string& line) { FAIL(line); };
  how.warn = [](const std::string&) {};
  engine_ = std::make_unique<actors::engine>(std::move(how));
  hub_.engine = engine_.get();
  hub_.plugins = plugins_.get();
  hub_.durability = storage::durability::memory;
  hub_.request_stop = [this] { stop_.set_value(); };
}

v1_server::~v1_server() = default;

bool v1_server::is_stop_requested() const {
  return stopped_.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
}

void v1_server::wait_for_stop() {
  REQUIRE(stopped_.wait_for(patience) == std::future_status::ready);
}

struct v1_client::mailbox {
  std::mutex mutex;
  std::condition_variable came;
  std::optional<v1::reply> reply;
};

v1_client::v1_client(v1_server& of) : mail_(std::make_shared<mailbox>()) {
  const auto note = [mail = mail_](v1::reply r) {
    const std::lock_guard lock{mail->mutex};
    mail->reply = std::move(r);
    mail->came.notify_all();
  };
  connection_ = v1::open(of.hub(), note, [] {});
}

v1_client::~v1_client() { connection_->close(); }

const v1_reply& v1_client::ask(const std::string& target, const std::string& method,
                               bool is_local) {
  mail_->reply.reset();
  connection_->take({method, target, {}, is_local});
  std::unique_lock lock{mail_->mutex};
  REQUIRE(mail_->came.wait_for(lock, patience, [&] { return mail_->reply.has_value(); }));
  last_.status = mail_->reply->status;
  last_.text = mail_->reply->json;
  CAPTURE(target, last_.text);
  REQUIRE(parser_.parse(last_.text).get(last_.json) == simdjson::SUCCESS);
  return last_;
}

std::string v1_client::id_of(const std::string& target) {
  return ask(target).word("/data/items/0/id");
}

}  // namespace unscripted::gateway::testing
