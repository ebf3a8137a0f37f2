#include "tests/simulation/server.hpp"

#include "gateway/log.hpp"
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

constexpr std::chrono::milliseconds sync_delay{900};  // as the store's own clock has it

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

server::server(fs::path folder, storage::durability mode, bool is_guarded,
               gateway::plugin_registry& plugins)
  : folder_(std::move(folder)), disk_(std::make_shared<faulty_disk>(folder_)),
    env_(rocksdb::NewCompositeEnv(disk_)), plugins_(plugins) {
  auto opened = storage::store::open(folder_, mode, {.env = &env_, .syncs_by_itself = false});
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
  how.warn = [this](const std::string& why) { take_trouble(why); };
  how.fatal = [this](const std::string& why) {
    take_trouble(why);
    is_dead_ = true;
  };
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
  if (is_guarded) open_gate();
  await_rest();
}

void server::open_gate() {
  constexpr std::int64_t now_ms = 1'800'000'000'000;
  auto opened = gateway::token_store::open(store_.get(), [] { return now_ms; });
  if (!opened) die(opened.why().message);
  tokens_ = std::move(*opened);
  gate_ = std::make_unique<gateway::gate>(*tokens_, doors_);
  hub_.gate = gate_.get();
  // What admins do is audited: that would be a line for each.
  gateway::process_log().configure({.least = gateway::log_level::critical});
}

std::string server::make_token(gateway::role role) {
  auto made = tokens_->create({role});
  if (!made) die(made.why().message);
  return std::move(made->text);
}

void server::fail_a_write(std::mt19937_64& chance) {
  const bool is_sync = chance() % 4 == 0;
  const std::uint64_t within = is_sync ? 20 : 2000;  // writes are many, syncs few
  const auto how = static_cast<faulty_disk::fault>(chance() % (is_sync ? 2 : 3));
  disk_->fail(is_sync ? faulty_disk::io::sync : faulty_disk::io::append, 1 + chance() % within, how,
              std::this_thread::get_id());
}

bool server::step(std::uint64_t draw) {
  const bool is_done = engine_->step(draw);
  await_rest();
  return is_done;
}

bool server::pass_time(std::chrono::nanoseconds duration) {
  engine_->pass_time(duration);
  unsynced_for_ += duration;
  if (unsynced_for_ < sync_delay) return false;
  unsynced_for_ = {};
  const auto why = store_->sync();
  if (why) take_trouble(why->message);
  return !why;
}

void server::await_rest() {
  static_cast<void>(store_->wait_for_reclaim());
  env_.await_idle();
}

void server::take_trouble(const std::string& why) {
  if (!disk_->has_failed()) die(why);
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
  // Drawn by itself: how often depends on how many files there are.
  std::mt19937_64 own_chance(seed);
  const auto kind = static_cast<faulty_disk::loss>(own_chance() % 3);
  disk_->lose(how == ending::power_loss ? kind : faulty_disk::loss::none, own_chance);
  put_own_files(own);
}

void server::close() {
  if (!engine_) return;
  archive_->stop();
  plugins_.end_service();
  if (gate_) gate_->close();
  engine_.reset();
  archive_.reset();
  store_.reset();
}

}  // namespace unscripted::simulation
