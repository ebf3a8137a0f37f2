// The API of the first server: each line is a request, `METHOD PATH?QUERY`, or a WebSocket message
// where it begins with no method. What is parsed is bounded and UTF-8; each answer is JSON.
#include "gateway/v1/door.hpp"
#include "gateway/v1/envelope.hpp"
#include "gateway/v1/selection.hpp"
#include "gateway/v1/wishes.hpp"
#include "tests/fuzz/small_server.hpp"
#include "tests/fuzz/small_world.hpp"
#include "tests/fuzz/target.hpp"

#include <simdjson.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace unscripted::fuzz {
namespace {

using namespace gateway;

constexpr std::size_t requests_max = 8;  // of one input

bool is_utf8(const std::string& text) { return simdjson::validate_utf8(text.data(), text.size()); }

void check_texts(const v1::query& q) {
  hold(q.path.size() <= v1::path_parts_max, "a path is short");
  for (const std::string& part : q.path) hold(!part.empty() && is_utf8(part), "a path is UTF-8");
  std::size_t values = 0;
  for (const v1::parameter& p : q.params) {
    hold(is_utf8(p.name) && !p.values.empty(), "a parameter has a name in UTF-8, and values");
    for (const std::string& value : p.values) hold(is_utf8(value), "a value is UTF-8");
    values += p.values.size();
  }
  hold(values <= v1::values_max, "a query has few parameters");
}

void map(const v1::query& q) {
  static const core::world lived = small_world();
  const actors::view seen{lived, 1, storage::durability::memory, false};
  std::size_t found = 0;
  v1::select(q).each(seen, [&](const core::thing&) { ++found; });
  hold(found <= lived.thing_count() + 1, "a selection finds each thing once");
  for (const char* kind : {"bot", "well", "world", "none"})
    static_cast<void>(v1::read_thing(q, lived.catalogue(), kind));
  for (const char* action : {"walk", "ask"})
    static_cast<void>(v1::read_args(q, lived.catalogue(), action, true));
  static_cast<void>(v1::read_world(q));
  hold(is_json(v1::write_failure({"api.get", q}, "0", v1::no_such_thing())), "a failure is JSON");
}

bool parse(std::string_view address) {
  const auto parsed = v1::parse_query(address);
  if (const auto* q = std::get_if<v1::query>(&parsed)) {
    check_texts(*q);
    map(*q);
    return true;
  }
  const unsigned code = std::get<v1::failure>(parsed).code;
  hold(code == 400 || code == 414, "what is no query is the client's mistake");
  return false;
}

v1::request request_of(std::string_view line) {
  v1::request r;
  for (const std::string_view method : {"GET", "HEAD", "POST", "DELETE"})
    if (line.starts_with(method) && line.size() > method.size() && line[method.size()] == ' ') {
      r.method = method;
      line.remove_prefix(method.size() + 1);
      break;
    }
  r.target = line;
  r.is_local = line.ends_with('L');
  return r;
}

/// Where an answer is put, on whatever thread; it may outlive the client.
class mailbox {
public:
  void put(v1::reply r) {
    const std::lock_guard lock{mutex_};
    reply_ = std::move(r);
    came_.notify_all();
  }
  v1::reply take() {
    std::unique_lock lock{mutex_};
    came_.wait(lock, [this] { return reply_.has_value(); });
    return *std::exchange(reply_, std::nullopt);
  }

private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::optional<v1::reply> reply_;
};

void ask(v1::connection& client, mailbox& mail, v1::request r) {
  client.take(std::move(r));
  const v1::reply reply = mail.take();
  hold(reply.status >= 200 && reply.status < 600, "an answer has a status of HTTP");
  hold(is_json(reply.json), "an answer is JSON");
}

void run(const std::uint8_t* bytes, std::size_t size) {
  std::vector<v1::request> requests;
  bool is_any_parsed = false;
  for (std::string_view rest = text_of(bytes, size);
       !rest.empty() && requests.size() < requests_max;) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    requests.push_back(request_of(line));
    is_any_parsed = parse(requests.back().target) || is_any_parsed;
  }
  if (!is_any_parsed) return;
  small_server server;
  const auto mail = std::make_shared<mailbox>();
  const auto client = v1::open(
      server.hub(), [mail](v1::reply r) { mail->put(std::move(r)); }, [] {});
  for (v1::request& r : requests) ask(*client, *mail, std::move(r));
  client->close();
}

const target here{"v1", run};

}  // namespace
}  // namespace unscripted::fuzz
