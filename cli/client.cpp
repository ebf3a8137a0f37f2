#include "cli/client.hpp"

#include "cli/connect.hpp"
#include "gateway/json_writer.hpp"

namespace unscripted::cli {

struct client::connection {
  explicit connection(const address& where) : socket(connect(io, where)) {}

  boost::asio::io_context io{1};
  channel socket;
  std::string out, in;
  simdjson::dom::parser parser;
  event_handler see;
  std::uint64_t last_id = 0;

  /// The next line, which is in `parser` then.
  std::string receive(simdjson::dom::element& parsed) {
    auto line = receive_line(socket, in);
    if (parser.parse(line).get(parsed) != simdjson::SUCCESS) {
      throw failed("the server sent what is not JSON: " + line.substr(0, 200));
    }
    return line;
  }
};

namespace {

bool is_event(simdjson::dom::element line) { return line["method"].error() == simdjson::SUCCESS; }

}  // namespace

client::client(const address& where) : connection_(std::make_unique<connection>(where)) {}
client::client(client&&) noexcept = default;
client::~client() = default;

answer client::ask(std::string_view method, std::string_view params) {
  auto& c = *connection_;
  c.out.clear();
  gateway::json_writer request(c.out);
  request.begin_object().member("id", ++c.last_id).member("method", method);
  if (!params.empty()) request.raw_member("params", params);
  request.end_object();
  c.out.push_back('\n');
  send_all(c.socket, c.out);

  for (;;) {
    simdjson::dom::element parsed;
    const auto line = c.receive(parsed);
    // Ours has our id; null is the answer to a line that the server could not read at all.
    const bool is_ours = answer_id(parsed) == c.last_id;
    const bool is_unread = parsed["id"].is_null() && parsed["error"].error() == simdjson::SUCCESS;
    if (is_ours || is_unread) return read_answer(line);
    if (c.see && is_event(parsed)) c.see(parsed);
  }
}

document client::call(std::string_view method, std::string_view params) {
  auto got = ask(method, params);
  if (auto* why = std::get_if<refusal>(&got)) throw refused(std::move(*why));
  return std::get<document>(std::move(got));
}

void client::on_event(event_handler see) { connection_->see = std::move(see); }

document client::next_event() {
  for (;;) {
    simdjson::dom::element parsed;
    auto line = connection_->receive(parsed);
    if (is_event(parsed)) return document(std::move(line));
  }
}

void client::wait_until_closed() {
  try {
    for (;;) receive_line(connection_->socket, connection_->in);
  } catch (const cannot_connect&) {
  }
}

}  // namespace unscripted::cli
