#include "gateway/addresses.hpp"

#include <algorithm>

namespace unscripted::gateway {

namespace asio = boost::asio;

std::string network_of(const asio::ip::address& a) {
  if (!a.is_v6()) return a.to_string();
  if (a.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, a.to_v6()).to_string();
  auto bytes = a.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return asio::ip::make_address_v6(bytes).to_string() + "/64";
}

std::optional<core::problem> network::refuse_acts(const limits& most, std::size_t count) {
  if (most.acts_per_address <= 0) return std::nullopt;
  const actors::rate r{most.acts_per_address, std::max(most.acts_per_address, 1.0)};
  const auto wait = acts_.take(r, static_cast<double>(count), actors::rate_gate::clock::now());
  if (!wait) return std::nullopt;
  return actors::rate_limited("more acts come from this address than the server lets one", *wait);
}

addresses::visit::visit(std::shared_ptr<network> from) : from_(std::move(from)) {
  ++from_->sessions_;
}

addresses::visit::~visit() {
  if (from_) --from_->sessions_;  // else it was moved
}

std::optional<addresses::visit> addresses::admit(const asio::ip::address& from,
                                                 const limits& most) {
  if (known_.size() >= looked_through_) forget_the_gone();
  auto& here = known_[network_of(from)];
  if (!here) here = std::make_shared<network>();
  const std::size_t limit = most.sessions_per_address;
  if (limit > 0 && here->sessions_ >= limit) return std::nullopt;
  return visit{here};
}

// Not at once: who comes again has not been given anew what it used up.
void addresses::forget_the_gone() {
  const auto now = actors::rate_gate::clock::now();
  std::erase_if(known_, [&](const auto& entry) {
    return entry.second->sessions_ == 0 && entry.second->acts_.owes_nothing(now);
  });
  looked_through_ = std::max<std::size_t>(64, 2 * known_.size());
}

}  // namespace unscripted::gateway
