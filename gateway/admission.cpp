#include "gateway/admission.hpp"

#include "gateway/http/process_figures.hpp"
#include "gateway/listener.hpp"

#include <algorithm>

namespace unscripted::gateway {

namespace {

// Of all files the process may have open, at least so many are not for connections.
constexpr double files_kept = 64, share_kept = 0.25;

}  // namespace

std::variant<addresses::visit, std::string> admit(hub& shared,
                                                  const boost::asio::ip::tcp::socket& s) {
  if (shared.counters.connections() >= shared.limits.sessions)
    return "the server has as many connections as it takes; try again later";
  if (shared.gate && !shared.gate->admits(address_of(s))) return too_many_strangers;
  boost::system::error_code ignored;
  const auto from = s.remote_endpoint(ignored).address();
  if (auto visit = shared.addresses.admit(from, shared.limits)) return *std::move(visit);
  return "the server has as many connections from this address as it takes (" +
         std::to_string(shared.limits.sessions_per_address) + ")";
}

std::size_t affordable_sessions(std::size_t wished) {
  const process_figures now = measure_process();
  if (now.max_fds <= 0) return wished;
  const double free = now.max_fds - now.open_fds - std::max(files_kept, now.max_fds * share_kept);
  return std::min(wished, static_cast<std::size_t>(std::max(free, 1.0)));
}

}  // namespace unscripted::gateway
