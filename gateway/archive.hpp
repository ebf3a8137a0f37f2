// What is asked of histories is looked up here, on threads of its own: no world waits for it.
#pragma once

#include "core/catalogue.hpp"
#include "storage/store.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>

namespace unscripted::gateway {

struct archive_options {
  storage::store* store = nullptr;  // null with durability memory
  /// Of this process at present, with behaviours.
  std::function<core::catalogue_ptr()> catalogue;
  /// Who decides again what was decided with `past`: the builds that it names, as far as they are
  /// at hand; or those of the present in their places.
  std::function<core::catalogue_ptr(const core::catalogue&past)> for_past, present_instead;
  unsigned threads = 1;                          // that one piece of work may use
  std::function<void(const std::string&)> warn;  // a line for the log
};

/// How long work takes: what is slow, a verification or a backup, never keeps what is quick, a
/// seek, waiting.
enum class effort : std::uint8_t { quick, slow };

/// Used by conversations; outlives them. [any thread]
class archive {
public:
  using work = std::function<void()>;

  explicit archive(archive_options options);
  ~archive();

  /// Work that is under way is told to give up, and waited for; nothing is begun any more.
  /// [blocking]
  void stop();

  storage::store* store() const { return options_.store; }
  core::catalogue_ptr catalogue() const { return options_.catalogue(); }
  /// May be empty: then catalogue() decides.
  const auto& deciders(bool of_the_present) const {
    return of_the_present ? options_.present_instead : options_.for_past;
  }
  unsigned threads() const { return options_.threads; }
  /// Whether work should give up.
  bool is_stopping() const { return stopping_; }
  /// For quick work.
  boost::asio::thread_pool& pool() { return quick_; }

  /// Does it soon. False where too much waits already, or it is stopping.
  bool post(effort e, work w);

  /// Work that was posted and not begun.
  std::size_t waiting() const { return waiting_; }

  static constexpr std::size_t waiting_max = 1000;

  /// Takes away what is older than its world keeps it. Done every ten minutes without being asked.
  /// [blocking]
  void prune_the_old();

private:
  void tidy_later();

  archive_options options_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> waiting_{0};
  boost::asio::thread_pool quick_, slow_;
  boost::asio::steady_timer tidying_;  // used by one handler after another
};

}  // namespace unscripted::gateway
