#include "cli/life.hpp"

#include "cli/document.hpp"
#include "gateway/json_writer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <cstring>

namespace unscripted::cli {

namespace asio = boost::asio;
namespace dom = simdjson::dom;
using boost::system::error_code;

namespace {

constexpr std::size_t in_bytes_first = 16UL * 1024;
constexpr std::size_t padding = simdjson::SIMDJSON_PADDING;
constexpr unsigned errors_in_row_max = 3;

/// One writer only, so no locked addition is needed.
void count(std::atomic<std::uint64_t>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

/// Errors after which asking again later is all that is needed.
bool passes_by_itself(std::string_view reason) {
  return reason == "busy" || reason == "paused" || reason == "rate_limited" ||
         reason == "overloaded";
}

/// Errors of what was perceived a moment ago, and changed since.
bool is_outdated(std::string_view reason) {
  return reason == "not_found" || reason == "invalid_params" || reason == "plugin_fault";
}

}  // namespace

life_context::life_context(swarm_settings s) : settings(std::move(s)) {
  if (const auto id = core::parse_id(settings.world)) world = id->world;
}

void life_context::report(const std::string& error) {
  const std::scoped_lock lock(mutex_);
  if (first_error_.empty()) first_error_ = error;
}

std::string life_context::first_error() const {
  const std::scoped_lock lock(mutex_);
  return first_error_;
}

life::life(life_context& shared)
  : shared_(shared), socket_(connect(shared.io, shared.settings.server)) {
  in_.resize(in_bytes_first);
}

void life::take_bot(std::string_view method, std::string_view params) {
  gateway::json_writer(out_)
      .begin_object()
      .member("id", ++last_id_)
      .member("method", method)
      .raw_member("params", params)
      .end_object();
  out_.push_back('\n');
  send_all(socket_, out_);

  std::string early;  // what came before begin()
  for (;;) {
    const auto line = receive_line(socket_, early);
    if (answer_id(document(line).root()) != last_id_) continue;
    const auto got = read_answer(line);
    if (const auto* why = std::get_if<refusal>(&got)) throw refused(*why);
    const auto id = core::parse_id(text_at(std::get<document>(got).root(), "id"));
    if (!id) throw failed("the server answered " + std::string(method) + " without a bot's id");
    be(*id);
    break;
  }
  in_.resize(std::max(in_.size(), early.size() + 2 * padding));
  std::memcpy(in_.data(), early.data(), early.size());
  in_bytes_ = early.size();
  shared_.living.fetch_add(1, std::memory_order_relaxed);
}

void life::be(core::thing_id bot) {
  bot_ = bot;
  bot_text_ = core::to_string(bot);
  mind_ = core::make_mind(shared_.settings.mind, shared_.settings.seed, bot.thing);
  died_ = false;
  heir_.clear();
  errors_in_row_ = 0;
}

void life::begin() {
  socket_.next_layer().non_blocking(true);
  see();
  take_lines();
  if (state_ != state::ended) read();
}

void life::retry() {
  if (state_ == state::waiting) see();
}

void life::close() {
  if (state_ == state::ended) return;
  state_ = state::ended;
  error_code ignored;
  socket_.next_layer().close(ignored);
  shared_.living.fetch_sub(1, std::memory_order_relaxed);
}

// -- what comes in ------------------------------------------------------------------------------

void life::read() {
  if (in_.size() - in_bytes_ < 2 * padding) in_.resize(2 * in_.size());
  const auto room = asio::buffer(in_.data() + in_bytes_, in_.size() - in_bytes_ - padding);
  socket_.async_read_some(room, [this](error_code error, std::size_t size) {
    if (state_ == state::ended) return;
    if (error) {
      end("the connection to the server is lost: " + error.message());
      return;
    }
    in_bytes_ += size;
    take_lines();
    if (state_ != state::ended) read();
  });
}

void life::take_lines() {
  const char* const begin = in_.data();
  const char* const end = begin + in_bytes_;
  const char* at = begin;
  while (state_ != state::ended) {
    const auto* line_end =
        static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    if (line_end == nullptr) break;
    if (line_end > at) take_line(at, static_cast<std::size_t>(line_end - at));
    at = line_end + 1;
  }
  in_bytes_ = static_cast<std::size_t>(end - at);
  if (in_bytes_ > 0 && at != begin) std::memmove(in_.data(), at, in_bytes_);
}

void life::take_line(const char* line, std::size_t size) {
  dom::element parsed;
  if (shared_.parser.parse(line, size, false).get(parsed) != simdjson::SUCCESS) {
    end("the server sent what is not JSON");
    return;
  }
  const auto id = answer_id(parsed);
  if (id == 0) {
    take_event(parsed);
    return;
  }
  if (id != last_id_) return;
  answer_bytes_ = size + 1;

  dom::element content;
  if (parsed["result"].get(content) == simdjson::SUCCESS) {
    take_result(content);
  } else if (parsed["error"].get(content) == simdjson::SUCCESS) {
    take_error(read_refusal(content));
  }
}

void life::take_event(dom::element event) {
  dom::element params;
  if (event["params"].get(params) != simdjson::SUCCESS) return;
  if (text_at(params, "bot") != bot_text_) return;
  const auto method = text_at(event, "method");
  if (method == "detached") end("another client took over bot " + bot_text_);
  if (method != "died") return;

  died_ = true;
  heir_ = text_at(params, "heir");
  if (state_ == state::waiting) follow_death();
}

void life::take_result(dom::element result) {
  errors_in_row_ = 0;
  if (state_ == state::acting) {
    take_act_result(result);
  } else if (state_ == state::seeing) {
    died_ ? follow_death() : go_on(result);
  }
}

void life::take_act_result(dom::element result) {
  shared_.latency.add(static_cast<std::uint64_t>((clock::now() - sent_).count()));
  count(shared_.acts);
  shared_.answer_bytes.fetch_add(answer_bytes_, std::memory_order_relaxed);
  if (text_at(result, "outcome") == "refused") count(shared_.refused);
  shared_.tick.store(count_at(result, "tick"), std::memory_order_relaxed);
  if (died_) {
    follow_death();
    return;
  }
  dom::element perception;
  if (result["see"].get(perception) == simdjson::SUCCESS && perception.is_object()) {
    go_on(perception);
  } else {
    see();  // where it died, this tells who is its heir
  }
}

void life::take_error(const refusal& why) {
  if (why.reason == "dead") {
    died_ = true;
    const document data(why.data);
    heir_ = text_at(data.root(), "heir");
  }
  if (died_) {
    follow_death();
  } else if (passes_by_itself(why.reason)) {
    wait();
  } else if (is_outdated(why.reason) && ++errors_in_row_ < errors_in_row_max) {
    count(shared_.errors);
    shared_.reader.forget();
    see();
  } else {
    count(shared_.errors);
    end(why.message);
  }
}

// -- what it does -------------------------------------------------------------------------------

void life::go_on(dom::element perception) {
  const auto& now = shared_.reader.read(perception);
  if (now.options.empty()) {
    wait();
    return;
  }
  const auto choice = mind_->choose(now.options, now.age);
  act(now.options[choice.option], choice);
}

void life::see() {
  out_.clear();
  gateway::json_writer json(out_);
  json.begin_object().member("id", ++last_id_).member("method", "see").key("params");
  json.begin_object().member("bot", bot_text_).end_object().end_object();
  state_ = state::seeing;
  send();
}

void life::act(const core::option& option, const core::choice& choice) {
  out_.clear();
  gateway::json_writer json(out_);
  json.begin_object().member("id", ++last_id_).member("method", "act").key("params");
  json.begin_object().member("bot", bot_text_).member("action", *option.action);
  json.key("target").raw("\"");
  core::append(out_, {bot_.world, option.target});
  out_.push_back('"');
  if (!choice.args.empty()) {
    json.key("args").begin_object();
    for (std::size_t i = 0; i < choice.args.size(); ++i) {
      json.key((*option.parameters)[i].name).raw({});
      append_value(out_, choice.args[i], bot_.world);
    }
    json.end_object();
  }
  json.member("see", true).end_object().end_object();
  state_ = state::acting;
  sent_ = clock::now();
  send();
}

void life::send() {
  out_.push_back('\n');
  error_code error = asio::error::would_block;  // TLS may have to read first
  std::size_t sent = 0;
  if (!socket_.tls()) sent = socket_.next_layer().write_some(asio::buffer(out_), error);
  if (!error && sent == out_.size()) return;
  if (error && error != asio::error::would_block) {
    end("the connection to the server is lost: " + error.message());
    return;
  }
  // The next request is written only after the answer to this one, so `out_` stays as it is.
  asio::async_write(socket_, asio::buffer(out_) + sent, [this](error_code e, std::size_t) {
    if (e && state_ != state::ended) end("the connection to the server is lost: " + e.message());
  });
}

void life::follow_death() {
  const auto heir = core::parse_id(heir_);
  if (!heir) {
    close();
    return;
  }
  be(*heir);
  see();
}

void life::wait() {
  state_ = state::waiting;
  shared_.ask_retry();
}

void life::end(const std::string& error) {
  if (!shared_.is_stopping) shared_.report(error);
  close();
}

}  // namespace unscripted::cli
