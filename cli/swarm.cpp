#include "cli/swarm.hpp"

#include "cli/life.hpp"
#include "gateway/json_writer.hpp"

#include <boost/asio/post.hpp>

#include <deque>
#include <pthread.h>
#include <thread>

namespace unscripted::cli {

namespace asio = boost::asio;

namespace {

/// How long a client waits before it asks a world that stands still again.
constexpr std::chrono::milliseconds retry_after{50};

}  // namespace

struct swarm::state {
  explicit state(swarm_settings settings) : shared(std::move(settings)) {
    shared.ask_retry = [this] { arm_retry(); };
  }

  void add(std::string_view method, const std::string& params) {
    auto& one = lives.emplace_back(shared);
    try {
      one.take_bot(method, params);
    } catch (...) {
      lives.pop_back();  // it speaks for nobody
      throw;
    }
  }

  void arm_retry() {
    if (is_retry_armed) return;
    is_retry_armed = true;
    retry_timer.expires_after(retry_after);
    retry_timer.async_wait([this](boost::system::error_code error) {
      is_retry_armed = false;
      if (error) return;
      for (auto& one : lives) one.retry();
    });
  }

  life_context shared;
  asio::steady_timer retry_timer{shared.io};
  bool is_retry_armed = false;
  std::deque<life> lives;
  std::thread thread;
};

swarm::swarm(swarm_settings settings) : state_(std::make_unique<state>(std::move(settings))) {}

// What throws while it stops ends the program: its thread could not be waited for.
swarm::~swarm() { stop(); }  // NOLINT(bugprone-exception-escape)

void swarm::attach(std::string_view bot, bool take) {
  std::string params;
  gateway::json_writer(params).begin_object().member("bot", bot).member("take", take).end_object();
  state_->add("bot.attach", params);
}

void swarm::create() {
  std::string params;
  gateway::json_writer(params)
      .begin_object()
      .member("world", state_->shared.settings.world)
      .end_object();
  state_->add("bot.create", params);
}

void swarm::start() {
  auto& io = state_->shared.io;
  io.restart();
  asio::post(io, [this] {
    for (auto& one : state_->lives) one.begin();
  });
  state_->thread = std::thread([&io] { io.run(); });
  pthread_setname_np(state_->thread.native_handle(), "bots");
}

void swarm::stop() {
  if (!state_->thread.joinable()) return;
  asio::post(state_->shared.io, [this] {
    state_->shared.is_stopping = true;
    state_->retry_timer.cancel();
    for (auto& one : state_->lives) one.close();
  });
  state_->thread.join();
}

swarm_counts swarm::counts() const {
  const auto& shared = state_->shared;
  const auto read = [](const auto& counter) { return counter.load(std::memory_order_relaxed); };
  return {.acts = read(shared.acts),
          .refused = read(shared.refused),
          .answer_bytes = read(shared.answer_bytes),
          .errors = read(shared.errors),
          .living = read(shared.living),
          .tick = read(shared.tick)};
}

std::string swarm::first_error() const { return state_->shared.first_error(); }

const latency_histogram& swarm::latency() const { return state_->shared.latency; }

void swarm::reset_latency() {
  asio::post(state_->shared.io, [this] { state_->shared.latency = {}; });
}

}  // namespace unscripted::cli
