// Who comes from where: connections and acts, counted by address.
//
// What is counted is the network of an IPv6 client (64 bits of its address, which it may choose the
// rest of), or an IPv4 address.
#pragma once

#include "actors/rate.hpp"
#include "gateway/limits.hpp"

#include <boost/asio/ip/address.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace unscripted::gateway {

/// As text. Of an IPv6 address no more than its network, for a client may choose the rest.
std::string network_of(const boost::asio::ip::address& a);

/// All that come from one address.
class network {
public:
  /// Why so many acts are too many now. [any thread]
  std::optional<core::problem> refuse_acts(const limits& most, std::size_t count);

private:
  friend class addresses;
  std::size_t sessions_ = 0;
  actors::rate_gate acts_;
};

/// Used on the doors' thread, as visits are.
class addresses {
public:
  /// One connection, counted until this is gone.
  class visit {
  public:
    explicit visit(std::shared_ptr<network> from);
    visit(visit&&) noexcept = default;
    visit& operator=(visit&&) = delete;
    ~visit();

    const std::shared_ptr<network>& from() const { return from_; }

  private:
    std::shared_ptr<network> from_;
  };

  /// Nothing where as many connections come from there as may.
  std::optional<visit> admit(const boost::asio::ip::address& from, const limits& most);
  std::size_t size() const { return known_.size(); }

private:
  void forget_the_gone();

  std::map<std::string, std::shared_ptr<network>> known_;  // by network_of()
  std::size_t looked_through_ = 64;  // how many there were, twice, when all were looked at
};

}  // namespace unscripted::gateway
