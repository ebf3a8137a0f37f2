// A server that does nothing: one thread reads lines, parses each as JSON as our door does, looks
// up what an action needs, and answers as many bytes as asked for. What it can't do, no server in
// its place can: the measure of `act`.
//
//     echo_server --answer-bytes 180        prints "listening on 127.0.0.1:PORT", then serves
//     echo_server --keep new-folder         writes an event a request to RocksDB before it answers
//
// With --keep, all that the ready sockets brought becomes one write, and is answered after it: what
// no server on one thread that keeps what it answers in RocksDB can do either.
//
// It ends when its standard input does, so that it does not outlive who started it.
#include "storage/engine.hpp"
#include "storage/keys.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using namespace unscripted;
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t buffer_bytes = 64 * 1024;  // a line and its padding must fit
constexpr std::size_t event_bytes = 40;          // as much as a walk
constexpr std::string_view head = R"({"id":)";
constexpr std::string_view middle = R"(,"result":{"filling":")";
constexpr std::string_view tail = "\"}}\n";

/// Answers of one size. Used by one thread.
class answers {
public:
  explicit answers(std::size_t bytes) : bytes_(bytes), filling_(bytes, 'x') {}

  /// False where the line is no action of a bot.
  bool append(std::string& out, const char* line, std::size_t size) {
    simdjson::dom::element request;
    if (parser_.parse(line, size, false).get(request) != simdjson::SUCCESS) return false;
    std::uint64_t id = 0;
    double angle = 0;
    std::string_view method, bot, action;
    const auto params = request["params"];
    if (request["id"].get(id) != simdjson::SUCCESS ||
        request["method"].get(method) != simdjson::SUCCESS ||
        params["bot"].get(bot) != simdjson::SUCCESS ||
        params["action"].get(action) != simdjson::SUCCESS ||
        params["args"]["angle"].get(angle) != simdjson::SUCCESS)
      return false;
    write(out, id);
    return true;
  }

private:
  void write(std::string& out, std::uint64_t id) const {
    const auto begin = out.size();
    out += head;
    std::array<char, 20> digits;
    out.append(digits.data(), std::to_chars(digits.data(), digits.end(), id).ptr);
    out += middle;
    const auto used = out.size() - begin + tail.size();
    if (used < bytes_) out.append(filling_, 0, bytes_ - used);
    out += tail;
  }

  simdjson::dom::parser parser_;
  std::size_t bytes_;
  std::string filling_;
};

class session;

/// Keeps an event a request, and has sessions answer after that. Used by one thread.
class keeper {
public:
  keeper(asio::io_context& io, const std::filesystem::path& folder) : io_(io) {
    auto opened = storage::engine::open(folder, storage::durability::wal);
    if (!opened) throw std::runtime_error(opened.why().message);
    engine_ = std::move(*opened);
  }

  /// The end of a line is what differs from one request to the next.
  void add(const char* line, std::size_t size) {
    const auto kept = std::min(size, event_bytes);
    events_.append(line + size - kept, kept);
  }

  /// Once what the other ready sockets bring is written as well: a posted call runs after theirs.
  void answer_later(std::shared_ptr<session> asker) {
    askers_.push_back(std::move(asker));
    if (askers_.size() == 1) asio::post(io_, [this] { commit(); });
  }

private:
  void commit();

  asio::io_context& io_;
  std::unique_ptr<storage::engine> engine_;
  rocksdb::WriteBatch batch_;
  std::string events_;
  std::uint64_t commits_ = 0;
  std::vector<std::shared_ptr<session>> askers_, answered_;
};

/// One connection. Lives as long as it has something to wait for.
class session : public std::enable_shared_from_this<session> {
public:
  session(tcp::socket socket, answers& answer, keeper* kept)
    : socket_(std::move(socket)), answer_(answer), keeper_(kept) {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
  }

  void read() {
    const auto room =
        asio::buffer(in_.data() + filled_, in_.size() - filled_ - simdjson::SIMDJSON_PADDING);
    socket_.async_read_some(room, [self = shared_from_this()](error_code error, std::size_t size) {
      if (error) return;
      self->filled_ += size;
      if (!self->take_lines()) return;
      if (self->keeper_ != nullptr) self->keeper_->answer_later(self);
      else self->send();
    });
  }

  /// Reads on once all has left, as a client that does not read must not fill this memory.
  void send() {
    error_code error;
    const auto sent = out_.empty() ? 0 : socket_.write_some(asio::buffer(out_), error);
    if (error && error != asio::error::would_block) return;
    if (sent == out_.size()) {
      out_.clear();
      return read();
    }
    asio::async_write(socket_, asio::buffer(out_) + sent,
                      [self = shared_from_this()](error_code e, std::size_t) {
      if (e) return;
      self->out_.clear();
      self->read();
    });
  }

private:
  bool take_lines() {
    std::size_t begin = 0;
    for (;;) {
      const auto* end =
          static_cast<const char*>(std::memchr(in_.data() + begin, '\n', filled_ - begin));
      if (end == nullptr) break;
      const auto size = static_cast<std::size_t>(end - in_.data()) - begin;
      if (!answer_.append(out_, in_.data() + begin, size)) return false;
      if (keeper_ != nullptr) keeper_->add(in_.data() + begin, size);
      begin += size + 1;
    }
    std::memmove(in_.data(), in_.data() + begin, filled_ - begin);
    filled_ -= begin;
    return filled_ + simdjson::SIMDJSON_PADDING < in_.size();
  }

  tcp::socket socket_;
  answers& answer_;
  keeper* keeper_;  // null where nothing is kept
  std::array<char, buffer_bytes> in_;
  std::size_t filled_ = 0;
  std::string out_;
};

void keeper::commit() {
  // As a history does: one value for the events.
  batch_.Clear();
  batch_.Put(engine_->handle(storage::family::commits), storage::seq_key(1, ++commits_), events_);
  const auto status = engine_->db().Write({}, &batch_);
  if (!status.ok()) throw std::runtime_error(status.ToString());
  events_.clear();
  askers_.swap(answered_);
  for (const auto& asker : answered_) asker->send();
  answered_.clear();
}

class server {
public:
  server(std::size_t answer_bytes, const std::string& kept_in)
    : answer_(answer_bytes), door_(io_, {asio::ip::address_v4::loopback(), 0}),
      input_(io_, ::dup(STDIN_FILENO)) {
    if (!kept_in.empty()) keeper_.emplace(io_, kept_in);
  }

  void run() {
    std::printf("listening on 127.0.0.1:%u\n", door_.local_endpoint().port());
    std::fflush(stdout);
    accept();
    watch_input();
    io_.run();
  }

private:
  void accept() {
    door_.async_accept([this](error_code error, tcp::socket socket) {
      if (error) {
        std::fprintf(stderr, "echo_server: no more connections: %s\n", error.message().c_str());
        return io_.stop();
      }
      std::make_shared<session>(std::move(socket), answer_, keeper_ ? &*keeper_ : nullptr)->read();
      accept();
    });
  }

  void watch_input() {
    input_.async_read_some(asio::buffer(ignored_), [this](error_code error, std::size_t) {
      if (error) return io_.stop();
      watch_input();
    });
  }

  asio::io_context io_{1};
  answers answer_;
  std::optional<keeper> keeper_;
  tcp::acceptor door_;
  asio::posix::stream_descriptor input_;
  std::array<char, 64> ignored_;
};

void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A line server that parses each request and answers the same size");
  std::size_t answer_bytes = 180;
  app.add_option("--answer-bytes", answer_bytes, "Of each answer, its line feed included")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  std::string kept_in;
  app.add_option("--keep", kept_in, "A folder for what was asked, kept before it is answered");
  CLI11_PARSE(app, argc, argv);
  raise_file_limit();
  try {
    server(answer_bytes, kept_in).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "echo_server: %s\n", error.what());
    return 1;
  }
  return 0;
}
