// A history as JSON Lines, from anybody: refused in one line that says where, or a world that is
// exported again as the same history.
#include "gateway/history_export.hpp"
#include "gateway/history_import.hpp"
#include "storage/store.hpp"
#include "tests/fuzz/target.hpp"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace unscripted::fuzz {
namespace {

namespace fs = std::filesystem;

/// A store in a folder of its own, gone when the program ends. In memory, where there is such a
/// place: an input has it synced some six times.
class scratch {
public:
  scratch() {
    const fs::path memory = "/dev/shm";
    const fs::path place = ::access(memory.c_str(), W_OK) == 0 ? memory : fs::temp_directory_path();
    std::string name = (place / "unscripted-fuzz-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("no folder for a store");
    folder_ = name;
    auto opened = storage::store::open(folder_ / "data", storage::durability::wal);
    if (!opened) throw std::runtime_error(opened.why().message);
    store_ = std::move(*opened);
  }
  ~scratch() {
    store_.reset();
    fs::remove_all(folder_);
  }

  storage::store& operator*() const { return *store_; }

private:
  fs::path folder_;
  std::unique_ptr<storage::store> store_;
};

storage::result<gateway::imported> take_in(storage::store& into, const std::string& text) {
  std::istringstream file{text};
  return gateway::import_history(into, file);
}

std::string exported(storage::store& from, core::world_number world) {
  gateway::export_options how;
  how.as_lines = true;
  auto pages = gateway::history_export::begin(from, world, gateway::export_what::records, how);
  hold(bool{pages}, "what was imported can be exported");
  std::string text;
  while (!pages->at_end()) hold(!pages->write_page(text), "what was imported can be exported");
  return text;
}

void run(const std::uint8_t* bytes, std::size_t size) {
  static const scratch into;
  const auto made = take_in(*into, std::string{text_of(bytes, size)});
  if (!made) {
    const std::string& why = made.why().message;
    return hold(!why.empty() && why.find('\n') == why.npos, "a refusal is one line");
  }
  const auto again = take_in(*into, exported(*into, made->world));
  hold(bool{again}, "what was exported can be imported");
  hold(again->state_hash == made->state_hash && again->chain == made->chain &&
           again->records == made->records && again->seq == made->seq && again->tick == made->tick,
       "what was exported is the same history");
  for (const core::world_number world : {made->world, again->world})
    hold(!(*into).delete_world(world), "a world that was imported can be deleted");
}

const target here{"import", run};

}  // namespace
}  // namespace unscripted::fuzz
