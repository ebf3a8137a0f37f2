#include "tests/fuzz/small_server.hpp"

#include "tests/fuzz/talk.hpp"
#include "tests/fuzz/target.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
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

}  // namespace

small_server::small_server() : plugins_(open_plugins()) {
  const auto catalogue = plugins_->present()->assembly.catalogue;
  encode_ = std::make_unique<gateway::encoder>(catalogue);
  actors::engine_options how;
  how.durability = storage::durability::memory;
  how.catalogue = catalogue;
  how.threads = 1;
  how.fatal = [](const std::string&) { std::abort(); };
  how.warn = [](const std::string&) {};
  engine_ = std::make_unique<actors::engine>(std::move(how));
  gateway::archive_options past;
  past.catalogue = [this] { return plugins_->present()->assembly.catalogue; };
  past.warn = [](const std::string&) {};
  archive_ = std::make_unique<gateway::archive>(std::move(past));
  plugins_->serve(*engine_);
  gateway::plugin_watch::options looking;
  looking.registry = plugins_.get();
  looking.warn = [](const std::string&) {};
  watch_ = std::make_unique<gateway::plugin_watch>(std::move(looking));
  hub_.engine = engine_.get();
  hub_.archive = archive_.get();
  hub_.encode = encode_.get();
  hub_.plugins = plugins_.get();
  hub_.watch = watch_.get();
  hub_.durability = storage::durability::memory;
  hub_.threads = 1;
  hub_.request_stop = [] {};
  talk{hub_}.say(beginning);
}

small_server::~small_server() {
  watch_.reset();
  archive_->stop();
  plugins_->end_service();
  engine_.reset();
}

}  // namespace unscripted::fuzz
