#include "cli/door_options.hpp"

#include "cli/failure.hpp"

namespace unscripted::cli {

namespace {

constexpr double most_of_rates = 1e9;

CLI::Option* add_count(CLI::App& verb, const std::string& name, std::size_t& value,
                       const std::string& help, std::size_t least, std::size_t most) {
  return verb.add_option(name, value, help)
      ->check(CLI::Range(least, most).description(""))
      ->type_name("N")
      ->capture_default_str()
      ->group("Limits");
}

/// Refuses what is no number as well: no comparison with that is true.
CLI::Validator rate_check() {
  return {[](std::string& text) -> std::string {
            double rate = -1;
            const bool is_number = CLI::detail::lexical_cast(text, rate);
            if (is_number && rate >= 0 && rate <= most_of_rates) return {};
            return "\"" + text + "\" is not a number in [0, 1000000000]";
          },
          ""};
}

CLI::Option* add_rate(CLI::App& verb, const std::string& name, double& value,
                      const std::string& help) {
  return verb.add_option(name, value, help)
      ->check(rate_check())
      ->type_name("N")
      ->capture_default_str()
      ->group("Limits");
}

void add_connection_limits(CLI::App& verb, gateway::limits& most) {
  constexpr std::size_t kib = 1024, mib = 1024 * kib;
  add_count(verb, "--max-line-bytes", most.line_bytes,
            "Of one request: a line, a WebSocket message, the body of a POST", 4 * kib, mib);
  add_count(verb, "--max-json-depth", most.json_depth, "Of one request", 8, 64);
  add_count(verb, "--max-in-flight", most.in_flight,
            "Requests of one connection that are not answered", 1, 65'536);
  add_count(verb, "--max-unread-bytes", most.unread_bytes,
            "Of answers and events that one connection does not read, besides the largest one",
            512 * kib, 1024 * mib);
  add_count(verb, "--max-subscriptions", most.of_worlds.subscriptions,
            "Of one connection, in all worlds", 1, 65'536);
  add_count(verb, "--max-reruns", most.reruns, "Stored histories that one connection watches", 1,
            1024);
}

void add_server_limits(CLI::App& verb, gateway::limits& most) {
  add_count(verb, "--max-sessions", most.sessions, "Connections, through all doors together", 1,
            1'000'000);
  add_count(verb, "--max-sessions-per-address", most.sessions_per_address,
            "Of these, from one address; 0: 1,024 where other machines can connect, else no limit",
            0, 1'000'000);
  add_count(verb, "--max-requests-waiting", most.requests_waiting,
            "Requests in flight, shared by all connections; each has at least 16", 1024,
            16'777'216);
  add_count(verb, "--max-worlds", most.of_worlds.worlds, "Worlds of the server; 0: no limit", 0,
            1'000'000);
  add_count(verb, "--max-worlds-per-token", most.of_worlds.worlds_per_token,
            "Of these, that one token made, forked or imported; 0: no limit", 0, 1'000'000);
  add_count(verb, "--max-things", most.things_per_world,
            "The most things that a world's capacity may be", 1, 10'000'000);
  add_count(verb, "--max-history-per-day", most.of_worlds.history_per_day,
            "Bytes that one world records in a day, before it is slowed down; 0: no limit", 0,
            std::size_t{1} << 62)
      ->type_name("BYTES");
  add_rate(verb, "--max-acts-per-bot", most.of_worlds.acts_per_bot,
           "A second, of clients for one bot, and as many at once; 0: no limit");
  add_rate(verb, "--max-acts-per-address", most.acts_per_address,
           "A second, of all clients at one address, and as many at once; 0: no limit");
}

}  // namespace

void door_options::apply_to(gateway::server_options& options) const {
  if (tls_cert.empty() != tls_key.empty())
    throw wrong_usage(std::string(tls_cert.empty() ? "--tls-key" : "--tls-cert") +
                      ": a certificate and its key are needed both, --tls-cert and --tls-key");
  if (!tls_cert.empty()) options.tls = gateway::tls_files{tls_cert, tls_key};
  options.is_insecure = insecure;
  options.limits = limits;
}

void add_door_options(CLI::App& verb, door_options& options) {
  verb.add_option("--tls-cert", options.tls_cert,
                  "PEM file of the server's certificate, those of its issuers behind it: all doors "
                  "speak TLS 1.2 or later. Read anew at SIGHUP, as is its key")
      ->type_name("FILE");
  verb.add_option("--tls-key", options.tls_key,
                  "PEM file of the certificate's key; nobody else may be able to read it")
      ->type_name("FILE");
  verb.add_flag("--insecure", options.insecure,
                "Let other machines in although TLS or tokens are off");
  add_connection_limits(verb, options.limits);
  add_server_limits(verb, options.limits);
}

}  // namespace unscripted::cli
