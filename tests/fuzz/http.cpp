// The HTTP door as far as it is ours: which requests are let in, what stands where, and what an
// answer is made of. Beast reads the request; what it takes for one is what the door gets.
#include "gateway/http/rpc.hpp"
#include "gateway/http/site.hpp"
#include "tests/fuzz/small_server.hpp"
#include "tests/fuzz/target.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>

namespace unscripted::fuzz {
namespace {

using namespace gateway;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

// With the limits of gateway/http/session.cpp.
std::optional<http_request> read(std::string_view bytes) {
  http::request_parser<http::string_body> parser;
  parser.header_limit(8 * 1024);
  parser.body_limit(64 * 1024);
  parser.eager(true);
  beast::error_code error;
  while (!bytes.empty() && !parser.is_done() && !error) {
    const std::size_t taken = parser.put(asio::buffer(bytes.data(), bytes.size()), error);
    bytes.remove_prefix(taken);
    if (taken == 0) break;
  }
  if (error || !parser.is_done()) return std::nullopt;
  return parser.release();
}

// Who a browser speaks to when it sends this Host: said simply.
bool is_our_host(std::string_view host) {
  for (const std::string_view name : {"localhost", "127.0.0.1", "[::1]", "eden.example"}) {
    if (!beast::iequals(host.substr(0, name.size()), name)) continue;
    const std::string_view port = host.substr(name.size());
    if (port.empty()) return true;
    if (port.front() == ':')
      return std::all_of(port.begin() + 1, port.end(), [](char c) { return c >= '0' && c <= '9'; });
  }
  return false;
}

// What is let in is for us, and from our own page where it comes from one.
void check_let_in(const http_request& r) {
  const std::string_view host = view_of(r[http::field::host]);
  hold(r.count(http::field::host) == 1 && is_our_host(host), "the Host is ours");
  if (r.count(http::field::origin) == 0) return;
  const std::string own = "://" + std::string{host};
  const std::string_view origin = view_of(r[http::field::origin]);
  hold(beast::iequals(origin, "http" + own) || beast::iequals(origin, "https" + own),
       "the Origin is our own");
}

// As the peer reads it: one answer, with the headers that were set, and nothing behind it.
void check_answer(const http_request& asked, reply r) {
  const bool is_json_text = r.type == "application/json";
  const http_response made = to_response(std::move(r), asked);
  if (is_json_text && asked.method() != http::verb::head)
    hold(is_json(made.body()), "an answer in JSON is JSON");
  std::ostringstream out;
  out << made;
  const std::string bytes = out.str();
  http::response_parser<http::string_body> parser;
  parser.eager(true);
  parser.skip(asked.method() == http::verb::head);
  parser.body_limit(boost::none);
  beast::error_code error;
  std::size_t taken = 0;
  while (!error && !parser.is_done() && taken < bytes.size())
    taken += parser.put(asio::buffer(bytes.data() + taken, bytes.size() - taken), error);
  if (!parser.is_done() && !error) parser.put_eof(error);
  hold(!error && parser.is_done() && taken == bytes.size(), "an answer is one answer");
  const auto fields = [](const auto& m) { return std::distance(m.begin(), m.end()); };
  hold(fields(parser.get()) == fields(made), "an answer has the headers that were set");
}

/// What POST /rpc answers; nothing for a notification.
std::string answer_of_rpc(hub& shared, std::string body) {
  asio::io_context io{1};
  const auto work = asio::make_work_guard(io);
  std::size_t answers = 0;
  std::string answer;
  rpc_line::ways back{io.get_executor(), {}, {}};
  back.answer = [&](std::string said) {
    ++answers;
    answer = std::move(said);
    io.stop();
  };
  back.drop = [&] { io.stop(); };
  const auto line = rpc_line::open(shared, std::move(back));
  line->take(std::move(body), nullptr);
  if (answers == 0) io.run();
  line->close();
  hold(answers == 1, "a request over /rpc is answered once");
  return answer;
}

void run(const std::uint8_t* bytes, std::size_t size) {
  // Never destroyed: what CAF keeps for this thread is gone before static objects are.
  static auto* const server = new small_server;
  static site at{server->hub(), known_hosts{"127.0.0.1", {"eden.example"}}};
  auto asked = read(text_of(bytes, size));
  if (!asked) return;
  if (auto refusal = at.refuse(*asked)) return check_answer(*asked, *std::move(refusal));
  check_let_in(*asked);
  const std::string_view address = view_of(asked->target());
  switch (site::find(address)) {
    case place::nowhere: return hold(false, "what stands nowhere is refused");
    case place::v1: static_cast<void>(site::v1_target(address)); return;
    case place::site: return check_answer(*asked, at.answer(*asked, true));
    case place::rpc: {
      small_server own;
      const std::string answer = answer_of_rpc(own.hub(), asked->body());
      hold(answer.empty() || (answer.ends_with('\n') && is_json(answer)), "an answer is JSON");
      return check_answer(*asked, json_reply(200, answer.empty() ? "null" : answer));
    }
    default: return;
  }
}

const target here{"http", run};

}  // namespace
}  // namespace unscripted::fuzz
