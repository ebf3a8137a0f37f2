// Where tokens are required: who came in without saying who he is, and who goes when his token
// ends.
//
// Lives on the doors' thread: all of it is called there, unless said otherwise.
#pragma once

#include "gateway/access/token_store.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace unscripted::gateway {

/// What a connection may do until it has said whose it is.
inline constexpr std::size_t stranger_line_bytes = 4UL * 1024;
inline constexpr std::chrono::seconds stranger_patience{5};
inline constexpr std::size_t strangers_max = 64;  // of one address

inline constexpr const char* too_many_strangers =
    "64 connections of your address have not shown a token yet: let them, or end them";

/// A connection on which things are said unasked: it has to end when its token does.
class visitor {
public:
  virtual ~visitor() = default;
  virtual grant_ptr who() const = 0;  // null: it has not said so
  virtual std::chrono::steady_clock::time_point since() const = 0;
  /// Says why, and ends the connection.
  virtual void expel(const core::problem& why) = 0;
};

class gate {
public:
  using clock = std::chrono::steady_clock;

  /// One connection that has not said whose it is. Destroyed: it has, or it ended. [any thread]
  class stranger {
  public:
    stranger(gate& at, std::string address);
    ~stranger();
    stranger(const stranger&) = delete;
    stranger& operator=(const stranger&) = delete;

  private:
    gate& at_;
    const std::string address_;
  };

  gate(token_store& tokens, boost::asio::io_context& io);

  token_store& tokens() const { return tokens_; }

  /// False where as many as may be wait from there. [any thread]
  bool admits(const std::string& address) const;
  void watch(std::weak_ptr<visitor> v);
  /// A wrong token from there: `tell` is called after a while, the longer the more there were.
  void note_failure(const std::string& address, std::function<void()> tell);
  std::uint64_t failures() const { return failures_total_; }  // [any thread]
  /// Expels those whose token has ended, and those who have said nothing for too long. Done once a
  /// second, and whenever a token is revoked.
  void sweep();
  /// Once what is being done is done.
  void sweep_soon();
  /// Expels nobody from now on, and forgets what it was to tell.
  void close();

private:
  struct caller {
    std::size_t strangers = 0;
    unsigned failures = 0;
    clock::time_point last_failure{};
  };

  void keep_sweeping();
  void forget_calm(clock::time_point now);
  std::chrono::milliseconds delay_after(const std::string& address);

  token_store& tokens_;
  boost::asio::io_context& io_;
  boost::asio::steady_timer sweep_;
  std::vector<std::weak_ptr<visitor>> visitors_;
  mutable std::mutex mutex_;  // of `callers_`
  std::map<std::string, caller> callers_;
  std::atomic<std::uint64_t> failures_total_{0};
  std::map<std::uint64_t, std::shared_ptr<boost::asio::steady_timer>> waiting_;
  std::uint64_t last_waiting_ = 0;
};

}  // namespace unscripted::gateway
