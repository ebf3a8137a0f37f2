#include "cli/load.hpp"

#include "cli/document.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <cstring>

namespace unscripted::cli {

namespace asio = boost::asio;
using boost::system::error_code;
using clock_type = std::chrono::steady_clock;

namespace {

constexpr std::size_t in_bytes_first = 64UL * 1024;

bool contains(std::string_view line, std::string_view word) {
  return memmem(line.data(), line.size(), word.data(), word.size()) != nullptr;
}

}  // namespace

/// One connection: sends as many requests as answers came.
class load::line_pump {
public:
  line_pump(load& owner, std::uint32_t index, const address& server)
    : owner_(owner), index_(index), socket_(connect(owner.io_, server)),
      sent_(owner.settings_.inflight) {
    in_.resize(in_bytes_first);
  }

  std::string call(std::string_view request_line) {
    send_all(socket_, request_line);
    std::string rest;
    auto line = receive_line(socket_, rest);
    auto got = read_answer(line);
    if (auto* why = std::get_if<refusal>(&got)) throw refused(std::move(*why));
    return std::get<document>(got).text();
  }

  void start(const request_writer& write, bench_result& result) {
    write_ = &write;
    result_ = &result;
    socket_.next_layer().non_blocking(true);
    ask(owner_.settings_.inflight);
    read();
  }

private:
  void ask(std::size_t count) {
    const auto now = clock_type::now();
    auto& out = is_writing_ ? next_ : out_;
    for (std::size_t i = 0; i < count; ++i) {
      (*write_)(out, index_, ++asked_);
      sent_[asked_ % sent_.size()] = now;
    }
    if (!is_writing_) send();
  }

  void send() {
    error_code error;
    const auto sent = socket_.write_some(asio::buffer(out_), error);
    if (error && error != asio::error::would_block) return lose(error);
    if (!error && sent == out_.size()) return out_.clear();
    is_writing_ = true;
    asio::async_write(socket_, asio::buffer(out_) + sent, [this](error_code e, std::size_t) {
      if (e) return lose(e);
      is_writing_ = false;
      out_.clear();
      out_.swap(next_);
      if (!out_.empty()) send();
    });
  }

  void read() {
    if (in_bytes_ == in_.size()) in_.resize(2 * in_.size());
    const auto room = asio::buffer(in_.data() + in_bytes_, in_.size() - in_bytes_);
    socket_.async_read_some(room, [this](error_code error, std::size_t size) {
      if (error) return lose(error);
      in_bytes_ += size;
      const auto answers = take_lines();
      if (answers > 0) ask(answers);
      read();
    });
  }

  std::size_t take_lines() {
    const auto now = clock_type::now();
    std::size_t answers = 0;
    std::string_view rest(in_.data(), in_bytes_);
    for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
      if (take_line(rest.substr(0, end), now)) ++answers;
      rest.remove_prefix(end + 1);
    }
    std::memmove(in_.data(), rest.data(), rest.size());
    in_bytes_ = rest.size();
    return answers;
  }

  /// False for an event, which answers nothing.
  bool take_line(std::string_view line, clock_type::time_point now) {
    const bool is_error = contains(line, "\"error\":");
    if (!is_error && !contains(line, "\"result\":")) return false;
    ++answered_;
    ++result_->operations;
    result_->answer_bytes += line.size() + 1;
    if (is_error && ++result_->errors == 1) result_->first_error = line;
    if (contains(line, R"("outcome":"refused")")) ++result_->refused;
    const auto waited = now - sent_[answered_ % sent_.size()];
    result_->latency.add(static_cast<std::uint64_t>(waited.count()));
    return true;
  }

  void lose(error_code error) {
    if (error == asio::error::operation_aborted) return;
    owner_.lost_ = error.message();
    owner_.io_.stop();
  }

  load& owner_;
  std::uint32_t index_;
  channel socket_;
  const request_writer* write_ = nullptr;
  bench_result* result_ = nullptr;
  std::vector<clock_type::time_point> sent_;  // a ring, by number of the request
  std::uint64_t asked_ = 0, answered_ = 0;
  std::string out_, next_, in_;
  std::size_t in_bytes_ = 0;
  bool is_writing_ = false;
};

load::load(const address& server, const bench_settings& settings) : settings_(settings) {
  for (std::uint32_t i = 0; i < settings.connections; ++i) pumps_.emplace_back(*this, i, server);
}

load::~load() = default;

std::string load::call(std::uint32_t connection, std::string_view request_line) {
  return pumps_[connection].call(request_line);
}

void load::start_measuring(bench_result& result) {
  result.operations = result.refused = result.errors = result.answer_bytes = 0;
  result.first_error.clear();
  result.latency = {};
}

void load::run(const request_writer& write, bench_result& result) {
  using seconds = std::chrono::duration<double>;
  auto began = clock_type::now();
  asio::steady_timer warm_up(io_), end(io_);
  warm_up.expires_after(
      std::chrono::duration_cast<clock_type::duration>(seconds(settings_.seconds / 10)));
  warm_up.async_wait([&](error_code) {
    start_measuring(result);
    began = clock_type::now();
  });
  end.expires_after(
      std::chrono::duration_cast<clock_type::duration>(seconds(settings_.seconds * 1.1)));
  end.async_wait([&](error_code) { io_.stop(); });

  io_.restart();
  for (auto& pump : pumps_) pump.start(write, result);
  if (!aborted_) io_.run();
  result.seconds = seconds(clock_type::now() - began).count();
  if (!lost_.empty()) throw cannot_connect("the connection to the server is lost: " + lost_);
}

void load::abort() {
  aborted_ = true;
  io_.stop();
}

}  // namespace unscripted::cli
