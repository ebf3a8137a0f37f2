#include "gateway/server.hpp"

#include "gateway/access/opening.hpp"
#include "gateway/admission.hpp"
#include "gateway/door_threads.hpp"
#include "gateway/exposure.hpp"
#include "gateway/http/door.hpp"
#include "gateway/opening_guard.hpp"
#include "gateway/plugin_registry.hpp"
#include "gateway/plugin_watch.hpp"
#include "gateway/tcp_door.hpp"
#include "plugins/crash_note.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace unscripted::gateway {

namespace {

namespace asio = boost::asio;

// From sysexits.h: an input or output error. The next start recovers.
constexpr int exit_storage_failed = 74;
// An internal error of software.
constexpr int exit_plugin_hangs = 70;

constexpr std::chrono::minutes warned_every{10};  // of being open to all
constexpr std::size_t sessions_per_address_exposed = 1024;

void warn(const std::string& line) { process_log().write(log_level::warning, line); }

[[noreturn]] void end_for_hanging_plugin(const std::string& message) {
  process_log().write(log_level::critical, message);
  _exit(exit_plugin_hangs);
}

[[noreturn]] void end_after_failed_write(const std::string& message) {
  process_log().write(log_level::critical,
                      message + "; nothing more is acknowledged, the next start recovers");
  _exit(exit_storage_failed);
}

}  // namespace

/// In the order in which the parts need each other; ended in reverse.
struct server::machinery {
  std::unique_ptr<plugin_registry> plugins;
  std::unique_ptr<storage::store> store;
  std::unique_ptr<token_store> tokens;  // null where none are required
  std::unique_ptr<encoder> encode;
  hub shared;
  std::unique_ptr<actors::engine> engine;
  std::unique_ptr<gateway::archive> archive;
  std::unique_ptr<plugin_watch> watch;
  asio::io_context io{2};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::unique_ptr<gateway::gate> gate;  // likewise
  std::optional<tls_files> certificate;
  std::unique_ptr<tls_context> tls;  // null: in the clear
  asio::steady_timer exposure_warning{io};
  std::unique_ptr<tcp_door> door;
  std::unique_ptr<http_door> web_door;  // null where it is off
  std::unique_ptr<door_threads> threads;

  std::mutex mutex;
  std::condition_variable changed;
  bool is_stop_requested = false;

  std::optional<start_failure> start(const server_options& options);
  std::optional<start_failure> load_plugins(const server_options& options);
  std::optional<start_failure> open_store(const server_options& options);
  std::optional<start_failure> require_tokens(const server_options& options);
  void start_engine(const server_options& options);
  std::optional<start_failure> consider_exposure(const server_options& options);
  void warn_again(const std::string& line);
  std::optional<start_failure> set_up_tls(const server_options& options);
  void use_tls(std::unique_ptr<tls_context> next);
  void reload_certificate();
  void set_limits(const server_options& options);
  std::optional<start_failure> open_doors(const server_options& options);
  void close_doors();
  void request_stop();
  /// What throws while a server ends ends the process: nobody could make it whole.
  ~machinery();  // NOLINT(bugprone-exception-escape)
};

std::optional<start_failure> server::machinery::load_plugins(const server_options& options) {
  registry_options how;
  how.folders = options.plugin_folders;
  how.libraries = options.plugin_libraries;
  how.tried = options.plugins_tried;
  if (options.durability != storage::durability::memory) how.data = options.data;
  how.is_archive = options.is_archive;
  how.warn = warn;
  auto opened = plugin_registry::open(std::move(how));
  if (!opened) return start_failure{opened.why().message};
  plugins = std::move(*opened);
  const auto present = plugins->present();
  for (const std::string& line : present->assembly.refusals) warn("plugin refused: " + line);
  for (const aside_note& n : present->aside) warn("plugin " + n.id + " is set aside: " + n.why);
  if (!present->assembly.catalogue->bot_kind())
    warn("no plugin brings the kind `bot`: no bot can live here");
  return std::nullopt;
}

std::optional<start_failure> server::machinery::open_store(const server_options& options) {
  if (options.durability == storage::durability::memory) return std::nullopt;
  auto opened = options.is_archive ? storage::store::open_to_read(options.data)
                                   : storage::store::open(options.data, options.durability,
                                                          {options.accept_data_loss});
  if (!opened) return start_failure{opened.why().message};
  store = std::move(*opened);
  for (const std::string& line : store->warnings()) warn(line);
  return std::nullopt;
}

std::optional<start_failure> server::machinery::require_tokens(const server_options& options) {
  if (!options.requires_tokens) return std::nullopt;
  auto opened = open_tokens(options.data, store.get(), [](const std::string& line) {
    process_log().write(log_level::info, line);
  });
  if (!opened) return start_failure{opened.why().message};
  tokens = std::move(*opened);
  gate = std::make_unique<gateway::gate>(*tokens, io);
  shared.gate = gate.get();
  return std::nullopt;
}

void server::machinery::start_engine(const server_options& options) {
  const auto catalogue = plugins->present()->assembly.catalogue;
  encode = std::make_unique<encoder>(catalogue);
  shared.threads =
      options.threads ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  actors::engine_options how;
  how.store = store.get();
  how.durability = options.durability;
  how.catalogue = catalogue;
  how.threads = shared.threads;
  how.limits = options.limits.of_worlds;
  how.fatal = end_after_failed_write;
  how.warn = warn;
  engine = std::make_unique<actors::engine>(std::move(how));
  archive_options past;
  past.store = store.get();
  past.catalogue = [this] { return plugins->present()->assembly.catalogue; };
  past.for_past = [this](const auto& named) { return plugins->deciders_of(named); };
  past.present_instead = [this](const auto& named) { return plugins->present_instead_of(named); };
  past.threads = shared.threads;
  past.warn = warn;
  archive = std::make_unique<gateway::archive>(std::move(past));
  shared.engine = engine.get();
  shared.archive = archive.get();
  shared.encode = encode.get();
  shared.plugins = plugins.get();
  if (!options.is_archive) plugins->serve(*engine);
  watch = std::make_unique<plugin_watch>(
      plugin_watch::options{plugins.get(), warn, options.hang_limit, end_for_hanging_plugin});
  shared.watch = watch.get();
  shared.durability = options.durability;
  // Behind what is about to leave: the answer to the one that asks for it.
  shared.request_stop = [this] { asio::post(io, [this] { request_stop(); }); };
}

std::optional<start_failure> server::machinery::consider_exposure(const server_options& options) {
  const auto where = exposed_address(options);
  if (!where) return std::nullopt;
  if (shared.limits.sessions_per_address == 0)
    shared.limits.sessions_per_address = sessions_per_address_exposed;
  const std::string missing = missing_protection(options);
  if (missing.empty()) return std::nullopt;
  if (!options.is_insecure) return start_failure{refuse_exposure(*where, missing)};
  warn_again(warn_of_exposure(*where, missing));
  return std::nullopt;
}

void server::machinery::warn_again(const std::string& line) {
  warn(line);
  exposure_warning.expires_after(warned_every);
  exposure_warning.async_wait([this, line](boost::system::error_code stopped) {
    if (!stopped) warn_again(line);
  });
}

std::optional<start_failure> server::machinery::set_up_tls(const server_options& options) {
  if (!options.tls) return std::nullopt;
  auto opened = open_tls(*options.tls);
  if (const auto* why = std::get_if<std::string>(&opened)) return start_failure{*why};
  certificate = options.tls;
  use_tls(std::get<0>(std::move(opened)));
  return std::nullopt;
}

// Who speaks by the former one goes on: OpenSSL keeps it as long as it is used.
void server::machinery::use_tls(std::unique_ptr<tls_context> next) {
  tls = std::move(next);
  shared.tls = tls.get();
  shared.certificate_end = certificate_end(*tls);
}

void server::machinery::reload_certificate() {
  if (!certificate) return;
  auto opened = open_tls(*certificate);
  if (const auto* why = std::get_if<std::string>(&opened))
    return warn("the certificate is not read anew, the former one stays: " + *why);
  asio::post(io, [this, next = std::get<0>(std::move(opened))]() mutable {
    use_tls(std::move(next));
    process_log().write(log_level::info, "the certificate is read anew");
  });
}

void server::machinery::set_limits(const server_options& options) {
  shared.limits = options.limits;
  const std::size_t wished = options.limits.sessions;
  shared.limits.sessions = affordable_sessions(wished);
  if (shared.limits.sessions < wished)
    warn(std::to_string(shared.limits.sessions) + " connections are taken at a time, not " +
         std::to_string(wished) + ": the process may not have more files open (ulimit -n; " +
         "LimitNOFILE of a service)");
  shared.share_out();
}

// What can be said before anything is opened is said at once.
std::optional<start_failure> server::machinery::start(const server_options& options) {
  process_log().configure(options.log);
  set_limits(options);
  if (auto why = consider_exposure(options)) return why;
  if (auto why = set_up_tls(options)) return why;
  {
    const opening_guard guard{options.data};
    if (auto why = open_store(options)) return why;
  }
  if (auto why = require_tokens(options)) return why;
  if (auto why = load_plugins(options)) return why;
  {
    const opening_guard guard{options.data};
    start_engine(options);
  }
  if (const plugin_folder* own = plugins->own())
    if (const auto why = plugins::leave_notes_of_crashes(own->crashes())) warn(why->message);
  return open_doors(options);
}

std::optional<start_failure> server::machinery::open_doors(const server_options& options) {
  door = std::make_unique<tcp_door>(shared, io);
  if (auto why = door->open(options.tcp_host, options.tcp_port)) return start_failure{*why};
  if (const auto& http = options.http) {
    web_door = std::make_unique<http_door>(shared, io, known_hosts{http->host, http->names});
    if (auto why = web_door->open(http->host, http->port)) return start_failure{*why};
  }
  const bool may_block = options.durability == storage::durability::fsync;
  threads = std::make_unique<door_threads>(io, *engine, !may_block);
  return std::nullopt;
}

// On the doors' thread where it runs, else here: nobody else uses them then.
void server::machinery::close_doors() {
  const auto close = [this] {
    if (door) door->close();
    if (web_door) web_door->close();
    if (gate) gate->close();
  };
  if (!threads) return close();
  std::promise<void> closed;
  asio::post(io, [&] {
    close();
    closed.set_value();
  });
  closed.get_future().wait();
}

void server::machinery::request_stop() {
  const std::lock_guard lock{mutex};
  is_stop_requested = true;
  changed.notify_all();
}

server::machinery::~machinery() {  // NOLINT(bugprone-exception-escape)
  shared.stopping = true;
  close_doors();
  // Its work, and the watch's, speaks to the worlds, and worlds hand it more until they end.
  watch.reset();
  if (archive) archive->stop();
  if (plugins) plugins->end_service();
  if (threads) threads->leave_worlds();
  engine.reset();
  archive.reset();
  work.reset();
  threads.reset();
  // To a client the end of its connection says that the folder is free.
  store.reset();
  door.reset();
  web_door.reset();
}

// -- server --------------------------------------------------------------------------------------

server::server(std::unique_ptr<machinery> m) : machinery_(std::move(m)) {}

std::variant<std::unique_ptr<server>, start_failure> server::start(const server_options& options) {
  auto parts = std::make_unique<machinery>();
  if (auto why = parts->start(options)) return *std::move(why);
  return std::unique_ptr<server>{new server{std::move(parts)}};
}

server::~server() {
  machinery_.reset();
  process_log().tell_repeated();
}

std::uint16_t server::port() const { return machinery_->door->port(); }

std::optional<std::uint16_t> server::http_port() const {
  if (!machinery_->web_door) return std::nullopt;
  return machinery_->web_door->port();
}

void server::wait() {
  std::unique_lock lock{machinery_->mutex};
  machinery_->changed.wait(lock, [this] { return machinery_->is_stop_requested; });
}

void server::request_stop() { machinery_->request_stop(); }

void server::reload_certificate() { machinery_->reload_certificate(); }

}  // namespace unscripted::gateway
