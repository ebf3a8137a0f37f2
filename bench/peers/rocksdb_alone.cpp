// RocksDB alone, opened as our histories open it: small events appended in batches, and read back.
// No world, no hash, no codec: the measure of writing histories down.
//
//     rocksdb_alone --seconds 1        prints one JSON object
#include "core/random.hpp"
#include "storage/engine.hpp"
#include "storage/keys.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace {

using namespace unscripted;
using clock_type = std::chrono::steady_clock;

constexpr std::size_t event_bytes = 48;
constexpr std::array<std::uint32_t, 4> batch_sizes{1, 10, 100, 1000};

double seconds_since(clock_type::time_point began) {
  return std::chrono::duration<double>(clock_type::now() - began).count();
}

void check(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

/// A new folder for one database, removed at the end.
class scratch {
public:
  scratch() {
    auto name = (std::filesystem::temp_directory_path() / "unscripted-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path data() const { return path_ / "data"; }

private:
  std::filesystem::path path_;
};

class events {
public:
  explicit events(const std::filesystem::path& folder) {
    auto opened = storage::engine::open(folder, storage::durability::wal);
    if (!opened) throw std::runtime_error(opened.why().message);
    engine_ = std::move(*opened);
  }

  void append(std::uint32_t count, bool synced) {
    batch_.Clear();
    for (std::uint32_t i = 0; i < count; ++i) {
      // Half of it differs from one event to the next, as the places of a walk do.
      std::array<char, event_bytes> value{};
      for (std::size_t at = 0; at < event_bytes / 2; at += sizeof(std::uint64_t)) {
        const double drawn = chance_.ratio();
        std::memcpy(value.data() + at, &drawn, sizeof drawn);
      }
      check(batch_.Put(family(), storage::seq_key(1, ++last_),
                       rocksdb::Slice(value.data(), value.size())));
    }
    rocksdb::WriteOptions options;
    options.sync = synced;
    check(engine_->db().Write(options, &batch_));
  }

  /// How many events there are, each looked at.
  std::uint64_t scan() const {
    std::uint64_t found = 0, bytes = 0;
    const std::unique_ptr<rocksdb::Iterator> it(
        engine_->db().NewIterator(rocksdb::ReadOptions(), family()));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      bytes += it->value().size();
      ++found;
    }
    check(it->status());
    if (found != last_ || bytes != found * event_bytes) throw std::runtime_error("events are gone");
    return found;
  }

  std::uint64_t count() const { return last_; }

private:
  rocksdb::ColumnFamilyHandle* family() const { return engine_->handle(storage::family::commits); }

  std::unique_ptr<storage::engine> engine_;
  rocksdb::WriteBatch batch_;
  core::keyed_random chance_{1, 0};
  std::uint64_t last_ = 0;
};

double append_rate(std::uint32_t batch, bool synced, double seconds) {
  const scratch folder;
  events all(folder.data());
  const auto began = clock_type::now();
  while (seconds_since(began) < seconds) all.append(batch, synced);
  return static_cast<double>(all.count()) / seconds_since(began);
}

double scan_rate(std::uint64_t count) {
  const scratch folder;
  events all(folder.data());
  while (all.count() < count) all.append(1000, false);
  const auto began = clock_type::now();
  return static_cast<double>(all.scan()) / seconds_since(began);
}

void measure(double seconds, std::uint64_t scanned) {
  std::printf("{\"bench\":\"rocksdb_alone\",\"event_bytes\":%zu,\"append\":[", event_bytes);
  const char* comma = "";
  for (const bool synced : {false, true}) {
    for (const auto batch : batch_sizes) {
      std::printf("%s{\"batch\":%u,\"synced\":%s,\"per_s\":%.1f}", comma, batch,
                  synced ? "true" : "false", append_rate(batch, synced, seconds));
      comma = ",";
    }
  }
  std::printf("],\"scan_per_s\":%.1f}\n", scan_rate(scanned));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Appends of 48-byte events to RocksDB, and a scan");
  double seconds = 1;
  std::uint64_t scanned = 2'000'000;
  app.add_option("--seconds", seconds, "How long to append with each size of a batch")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--scan", scanned, "Events to scan")->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  try {
    measure(seconds, scanned);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rocksdb_alone: %s\n", error.what());
    return 1;
  }
  return 0;
}
