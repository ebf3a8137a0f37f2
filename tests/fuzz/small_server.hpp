// A server without doors, in memory, with one world `eden` in which ada and eve live beside a well.
//
// Made anew for each input, so that none depends on those before it. Servers of one process follow
// each other: they have their plugins in common.
#pragma once

#include "gateway/hub.hpp"

#include <cstddef>
#include <memory>

namespace unscripted::fuzz {

/// Ends once the threads that began since have ended, or with the process where one does not. CAF's
/// printer ends on its own, a little later than its system: what it gives back then looks lost to a
/// sanitizer that comes in between.
class own_threads {
public:
  own_threads() = default;
  ~own_threads();
  own_threads(const own_threads&) = delete;
  own_threads& operator=(const own_threads&) = delete;

private:
  static std::ptrdiff_t count();
  const std::ptrdiff_t before_ = count();
};

class small_server {
public:
  small_server();
  ~small_server();
  small_server(const small_server&) = delete;
  small_server& operator=(const small_server&) = delete;

  gateway::hub& hub() { return hub_; }

private:
  gateway::plugin_registry& plugins_;
  own_threads threads_;
  std::unique_ptr<gateway::encoder> encode_;
  gateway::hub hub_;
  std::unique_ptr<actors::engine> engine_;
  std::unique_ptr<gateway::archive> archive_;
  std::unique_ptr<gateway::plugin_watch> watch_;
};

}  // namespace unscripted::fuzz
