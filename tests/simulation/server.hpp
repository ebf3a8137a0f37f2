// A whole server in one thread: a store on a disk that can lose power, worlds and bots on a clock
// and in an order that the test chooses, and the conversations of its clients.
#pragma once

#include "gateway/access/gate.hpp"
#include "gateway/archive.hpp"
#include "gateway/hub.hpp"
#include "tests/simulation/counted_env.hpp"
#include "tests/storage/faulty_disk.hpp"

#include <array>
#include <filesystem>
#include <memory>
#include <random>
#include <string>

namespace unscripted::simulation {

/// How a server ends: in order; killed, and the machine goes on; with the machine's power; or by
/// itself, since the disk failed it.
enum class ending : std::uint8_t { stop, kill, power_loss, failed_call };

/// From its start to its end. Plugins and catalogue are those of this build, the village's too.
class server {
public:
  /// `is_guarded`: it wants tokens.
  server(std::filesystem::path folder, storage::durability mode, bool is_guarded,
         gateway::plugin_registry& plugins);
  /// Stops, unless it has ended.
  ~server();

  gateway::hub& shared() { return hub_; }
  /// A token that is good in all lives from now on. Of a guarded server.
  std::string make_token(gateway::role role);
  /// Some write of this thread, or what makes it last, will fail: which and how is drawn.
  void fail_a_write(std::mt19937_64& chance);
  bool has_disk_failed() const { return disk_->has_failed(); }
  /// Where the disk failed, and the program would have ended.
  bool is_dead() const { return is_dead_; }
  /// One thing is done, and what the database does then. False where there is nothing.
  bool step(std::uint64_t draw);
  /// The clock goes on. Whether everything was synced then, as it is once that has not been for
  /// 900 ms.
  bool pass_time(std::chrono::nanoseconds duration);
  /// All connections must be gone, or cut with this call: `cut` is called when nothing reaches the
  /// disk any more.
  void end(ending how, std::uint64_t seed, const std::function<void()>& cut);

private:
  /// Written beside the database, not through its disk.
  static constexpr std::size_t own_count = 2;
  std::array<std::string, own_count> own_files() const;
  void put_own_files(const std::array<std::string, own_count>& bytes) const;
  void open_gate();
  void close();
  /// Nothing happens beside what the next call does.
  void await_rest();
  /// That of a disk which failed: there may be no other.
  void take_trouble(const std::string& why);

  const std::filesystem::path folder_;
  std::shared_ptr<storage::testing::faulty_disk> disk_;
  counted_env env_;
  std::unique_ptr<storage::store> store_;
  boost::asio::io_context doors_;  // nobody runs it: nothing of the simulation waits there
  std::unique_ptr<gateway::token_store> tokens_;
  std::unique_ptr<gateway::gate> gate_;
  std::unique_ptr<gateway::encoder> encode_;
  gateway::plugin_registry& plugins_;
  std::unique_ptr<gateway::archive> archive_;
  std::unique_ptr<actors::engine> engine_;
  gateway::hub hub_;
  bool is_dead_ = false;
  std::chrono::nanoseconds unsynced_for_{0};
};

/// All that come with the program.
std::unique_ptr<gateway::plugin_registry> open_plugins();

}  // namespace unscripted::simulation
