#include "gateway/exposure.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>

namespace unscripted::gateway {

namespace {

using boost::asio::ip::tcp;

// What cannot be resolved cannot be listened on either: that is for the listener to tell.
bool is_of_this_machine(const std::string& host) {
  boost::asio::io_context io;
  boost::system::error_code why;
  const auto found = tcp::resolver{io}.resolve(host, "0", tcp::resolver::passive, why);
  return why || std::all_of(found.begin(), found.end(), [](const auto& entry) {
           return entry.endpoint().address().is_loopback();
         });
}

}  // namespace

std::optional<std::string> exposed_address(const server_options& options) {
  const auto say = [](const char* option, const std::string& host, std::uint16_t port) {
    const bool is_v6 = host.find(':') != host.npos;
    return std::string(option) + ' ' + (is_v6 ? '[' + host + ']' : host) + ':' +
           std::to_string(port);
  };
  if (!is_of_this_machine(options.tcp_host))
    return say("--tcp", options.tcp_host, options.tcp_port);
  if (options.http && !is_of_this_machine(options.http->host))
    return say("--http", options.http->host, options.http->port);
  return std::nullopt;
}

std::string missing_protection(const server_options& options) {
  std::string missing;
  if (!options.tls) missing = "TLS (--tls-cert and --tls-key)";
  if (!options.requires_tokens)
    missing += missing.empty() ? "tokens (--tokens)" : " and tokens (--tokens)";
  return missing;
}

std::string refuse_exposure(const std::string& where, const std::string& missing) {
  return where +
         " lets other machines in, where anybody could read along, or change every world: " +
         "turn on " + missing + "; or listen on 127.0.0.1 only; or say --insecure, where the " +
         "network itself is trusted";
}

std::string warn_of_exposure(const std::string& where, const std::string& missing) {
  return where + " lets other machines in without " + missing +
         ": anybody who reaches it can read along, or change every world (--insecure)";
}

}  // namespace unscripted::gateway
