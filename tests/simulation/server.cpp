#include "tests/simulation/server.hpp"

#include "storage/manifest_mark.hpp"
#include "storage/watermark.hpp"
#include "tests/storage/wreck.hpp"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace unscripted::simulation {

namespace fs = std::filesystem;
using storage::testing::faulty_disk;

namespace {

constexpr const char* own_names[] = {storage::watermark_file_name,
                                     storage::manifest_mark_file_name};

void die(const std::string& why) {
  std::fprintf(stderr, "the simulated server ends: %s\n", why.c_str());
  std::abort();
}

}  // namespace

std::unique_ptr<gateway::plugin_registry> open_plugins() {
  gateway::registry_options how;
  how.folders = {UNSCRIPTED_PLUGINS_DIR, fs::path{UNSCRIPTED_PLUGINS_DIR} / "village"};
  how.warn = [](const std::string&) {};
  auto opened = gateway::plugin_registry::open(std::move(how));
  if (!opened) throw std::runtime_error(opened.why().message);
  return std::move(*opened);
}

server::server(fs::path folder, storage::durability mode, gateway::plugin_registry& plugins)
  : folder_(std::move(folder)), disk_(std::make_shared<faulty_disk>(folder_)),
    env_(rocksdb::NewCompositeEnv(disk_)), plugins_(plugins) {
  auto opened = storage::store::open(folder_, mode, {.env = env_.get()});
  if (!opened) throw std::runtime_error("it does not start: " + opened.why().message);
  store_ = std::move(*opened);
  const auto catalogue = plugins.present()->assembly.catalogue;
  encode_ = std::make_unique<gateway::encoder>(catalogue);
  gateway::archive_options past;
  past.store = store_.get();
  past.catalogue = [catalogue] { return catalogue; };
  past.warn = [](const std::string&) {};
  archive_ = std::make_unique<gateway::archive>(std::move(past));
  actors::engine_options how;
  how.store = store_.get();
  how.durability = mode;
  how.catalogue = catalogue;
  how.fatal = die;
  how.warn = die;
  how.is_simulated = true;
  engine_ = std::make_unique<actors::engine>(std::move(how));
  plugins_.serve(*engine_);
  hub_.engine = engine_.get();
  hub_.archive = archive_.get();
  hub_.encode = encode_.get();
  hub_.plugins = &plugins_;
  hub_.durability = mode;
  hub_.threads = 1;
  hub_.request_stop = [] {};
}

server::~server() { close(); }

std::array<std::string, server::own_count> server::own_files() const {
  std::array<std::string, own_count> bytes;
  for (std::size_t i = 0; i < own_count; ++i)
    if (fs::exists(folder_ / own_names[i]))
      bytes[i] = storage::testing::bytes_of(folder_ / own_names[i]);
  return bytes;
}

void server::put_own_files(const std::array<std::string, own_count>& bytes) const {
  for (std::size_t i = 0; i < own_count; ++i) {
    if (bytes[i].empty()) fs::remove(folder_ / own_names[i]);
    else storage::testing::put_bytes(folder_ / own_names[i], bytes[i]);
  }
}

// What a process does after it was killed reaches nothing: the disk takes no more of it, and our
// own files are put back as they were.
void server::end(ending how, std::uint64_t seed, const std::function<void()>& cut) {
  const auto own = own_files();
  if (how != ending::stop) disk_->cut_power();
  cut();
  close();
  if (how == ending::stop) return;
  // How much is drawn there depends on files that RocksDB makes and takes away when it likes.
  std::mt19937_64 own_chance(seed);
  const auto kind = static_cast<faulty_disk::loss>(own_chance() % 3);
  disk_->lose(how == ending::kill ? faulty_disk::loss::none : kind, own_chance);
  put_own_files(own);
}

void server::close() {
  if (!engine_) return;
  archive_->stop();
  plugins_.end_service();
  engine_.reset();
  archive_.reset();
  store_.reset();
}

}  // namespace unscripted::simulation
