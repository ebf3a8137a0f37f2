#include "tests/fuzz/small_server.hpp"

#include "tests/fuzz/talk.hpp"
#include "tests/fuzz/target.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace unscripted::fuzz {

namespace {

constexpr std::string_view beginning =
    "{\"method\":\"world.create\",\"params\":{\"name\":\"eden\",\"seed\":1,\"pace\":\"free\"}}\n"
    "{\"method\":\"bot.create\",\"params\":{\"world\":\"eden\",\"name\":\"ada\"}}\n"
    "{\"method\":\"bot.create\",\"params\":{\"world\":\"eden\",\"name\":\"eve\"}}\n";

std::unique_ptr<gateway::plugin_registry> open_plugins() {
  gateway::registry_options how;
  how.folders = {UNSCRIPTED_PLUGINS_DIR};
  how.warn = [](const std::string&) {};
  auto opened = gateway::plugin_registry::open(std::move(how));
  if (!opened) throw std::runtime_error(opened.why().message);
  return std::move(*opened);
}

/// Those of all servers of this process, one after the other: to map and check them takes longer
/// than an input. Opened anew where an input has changed them.
gateway::plugin_registry& plugins_as_shipped() {
  static std::unique_ptr<gateway::plugin_registry> all;
  static gateway::plugin_registry::state_ptr as_opened;
  if (!all || all->present() != as_opened) {
    all = open_plugins();
    as_opened = all->present();
  }
  return *all;
}

constexpr std::chrono::seconds patience{10};

}  // namespace

std::ptrdiff_t own_threads::count() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

own_threads::~own_threads() {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (count() > before_) {
    if (std::chrono::steady_clock::now() > until) {
      std::fputs("a thread outlives its server\n", stderr);
      std::abort();
    }
    std::this_thread::yield();
  }
}

small_server::small_server() : plugins_(plugins_as_shipped()) {
  const auto catalogue = plugins_.present()->assembly.catalogue;
  encode_ = std::make_unique<gateway::encoder>(catalogue);
  actors::engine_options how;
  how.durability = storage::durability::memory;
  how.catalogue = catalogue;
  how.threads = 1;
  how.fatal = [](const std::string&) { std::abort(); };
  how.warn = [](const std::string&) {};
  engine_ = std::make_unique<actors::engine>(std::move(how));
  gateway::archive_options past;
  past.catalogue = [this] { return plugins_.present()->assembly.catalogue; };
  past.warn = [](const std::string&) {};
  archive_ = std::make_unique<gateway::archive>(std::move(past));
  plugins_.serve(*engine_);
  gateway::plugin_watch::options looking;
  looking.registry = &plugins_;
  looking.warn = [](const std::string&) {};
  watch_ = std::make_unique<gateway::plugin_watch>(std::move(looking));
  hub_.engine = engine_.get();
  hub_.archive = archive_.get();
  hub_.encode = encode_.get();
  hub_.plugins = &plugins_;
  hub_.watch = watch_.get();
  hub_.durability = storage::durability::memory;
  hub_.threads = 1;
  hub_.request_stop = [] {};
  talk{hub_}.say(beginning);
}

small_server::~small_server() {
  watch_.reset();
  archive_->stop();
  plugins_.end_service();
  engine_.reset();
}

}  // namespace unscripted::fuzz
