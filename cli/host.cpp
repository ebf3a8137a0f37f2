#include "cli/host.hpp"

#include "cli/verb.hpp"
#include "gateway/http/page_files.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sys/resource.h>

namespace unscripted::cli {

namespace fs = std::filesystem;

namespace {

// The preset whose plugins are not loaded unless it is asked for: they would change other worlds.
constexpr const char* village = "village";
constexpr const char* off = "off";

CLI::Validator address_or_off() {
  return {[](std::string& text) -> std::string {
            if (text == off || parse_address(text)) return {};
            return "\"" + text + "\" is neither HOST:PORT nor off";
          },
          ""};
}

void add_folder(std::vector<fs::path>& folders, const fs::path& folder) {
  const auto is_same = [&](const fs::path& known) {
    std::error_code ignored;
    return fs::equivalent(known, folder, ignored);
  };
  if (std::ranges::none_of(folders, is_same)) folders.push_back(folder);
}

}  // namespace

fs::path shipped_plugins() {
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  const auto prefix = program.parent_path().parent_path();
  const auto built = prefix / "plugins";
  return fs::is_directory(built, error) ? built : prefix / "lib" / "unscripted" / "plugins";
}

gateway::server_options host_options::to_server_options() const {
  const auto where = checked_address(tcp);
  gateway::server_options options;
  options.data = data;
  options.tcp_host = where.host;
  options.tcp_port = where.port;
  if (http != off) {
    const auto page = checked_address(http);
    options.http = {page.host, page.port, http_hosts};
  }
  options.durability = storage::parse_durability(durability).value_or(storage::durability::wal);
  options.threads = threads;
  options.requires_tokens = tokens;
  options.log.as_json = log_format == "json";
  options.log.least = gateway::parse_log_level(log_level).value_or(gateway::log_level::info);
  // The first of two plugins with the same id counts: one's own may replace a shipped one.
  for (const auto& folder : plugins) add_folder(options.plugin_folders, folder);
  std::error_code ignored;
  const auto shipped = shipped_plugins();
  if (!fs::is_directory(shipped, ignored)) return options;
  options.plugin_libraries = {shipped / village};
  if (preset == village) add_folder(options.plugin_folders, shipped / village);
  add_folder(options.plugin_folders, shipped);
  return options;
}

void add_durability_option(CLI::App& verb, std::string& durability) {
  verb.add_option("--durability", durability,
                  "What an answer promises: memory (nothing is kept), wal (survives a killed "
                  "process), fsync (survives a power cut)")
      ->check(CLI::IsMember({"memory", "wal", "fsync"}))
      ->type_name("LEVEL")
      ->capture_default_str();
}

void add_http_options(CLI::App& verb, host_options& options) {
  options.http = "127.0.0.1:8000";
  verb.add_option("--http", options.http,
                  "Where the page, /rpc, /ws and /metrics are; port 0 is any free one; or off")
      ->check(address_or_off())
      ->type_name("HOST:PORT")
      ->capture_default_str();
  verb.add_option("--http-host", options.http_hosts,
                  "A name that browsers may call this server by, besides localhost and the address "
                  "of --http; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
}

void add_host_options(CLI::App& verb, host_options& options) {
  verb.add_option("--data", options.data, "Folder of the histories")
      ->type_name("DIR")
      ->capture_default_str();
  verb.add_option("--tcp", options.tcp, "Where bots connect; port 0 is any free one")
      ->check(address_check())
      ->type_name("HOST:PORT")
      ->capture_default_str();
  add_durability_option(verb, options.durability);
  verb.add_option("--plugins", options.plugins,
                  "Folder of plugins, before those that come with the program; may be repeated")
      ->type_name("DIR")
      ->allow_extra_args(false);
  verb.add_option("--preset", options.preset,
                  "Load the plugins that worlds of this preset need: default, or village (see "
                  "docs/village.md)")
      ->check(CLI::IsMember({"default", village}))
      ->type_name("NAME");
  verb.add_option("--threads", options.threads, "Threads for worlds and bots; 0: one a core")
      ->check(CLI::Range(0, 1024))
      ->type_name("N")
      ->capture_default_str();
}

std::unique_ptr<gateway::server> start_server(const gateway::server_options& options) {
  auto started = gateway::server::start(options);
  if (const auto* failure = std::get_if<gateway::start_failure>(&started)) {
    throw failed(failure->message);
  }
  return std::get<0>(std::move(started));
}

address address_of(const gateway::server& server, const gateway::server_options& options) {
  return {options.tcp_host, server.port()};
}

std::string page_line(const gateway::server& server, const gateway::server_options& options) {
  const auto port = server.http_port();
  if (!port) return {};
  const std::string scheme = options.tls ? "https://" : "http://";
  const std::string where = scheme + to_string(address{options.http->host, *port}) + "/";
  const auto why = gateway::why_no_page();
  if (why.empty()) return "page at " + where;
  return "no page in this build: " + std::string{why} + "; " + where + " answers programs";
}

bool is_taken(const address& where) {
  using boost::asio::ip::tcp;
  boost::asio::io_context io;
  boost::system::error_code error;
  const auto found = tcp::resolver(io).resolve(where.host, std::to_string(where.port), error);
  if (error || found.empty()) return false;  // starting the server will say what is wrong
  tcp::acceptor door(io);
  door.open(found.begin()->endpoint().protocol(), error);
  door.set_option(tcp::acceptor::reuse_address(true), error);
  door.bind(found.begin()->endpoint(), error);
  if (!error) door.listen(1, error);
  return error == boost::asio::error::address_in_use;
}

temporary_folder::temporary_folder() {
  auto name = (fs::temp_directory_path() / "unscripted-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw failed("cannot make a temporary folder: " + std::string(std::strerror(errno)));
  }
  path_ = name;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace unscripted::cli
