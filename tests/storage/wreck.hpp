// Folders that are damaged on purpose, and what they were before. Header only.
#pragma once

#include "storage/engine.hpp"
#include "tests/storage/test_world.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace unscripted::storage::testing {

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void put_bytes(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

inline std::string flipped(std::string bytes, std::size_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
  return bytes;
}

struct file_state {
  std::string bytes;
  std::filesystem::file_time_type written;

  friend bool operator==(const file_state&, const file_state&) = default;
};

/// Each file with its bytes and when it was written, the folder itself included.
inline std::map<std::string, file_state> state_of(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::map<std::string, file_state> all{{"", {"", fs::last_write_time(folder)}}};
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    all[entry.path().string()] = {bytes_of(entry.path()), entry.last_write_time()};
  return all;
}

/// Changes keys of a closed folder, past all that knows what they mean.
class tamperer {
public:
  explicit tamperer(const std::filesystem::path& folder)
    : engine_(must(engine::open(folder, durability::wal))) {}

  std::string get(family f, const rocksdb::Slice& key) {
    auto value = must(engine_->get(f, key));
    REQUIRE(value);
    return *value;
  }
  void put(family f, const rocksdb::Slice& key, const std::string& value) {
    rocksdb::WriteBatch batch;
    batch.Put(engine_->handle(f), key, value);
    unscripted::storage::testing::must(engine_->write(batch));
  }
  void flip(family f, const rocksdb::Slice& key, std::size_t at) {
    put(f, key, flipped(get(f, key), at));
  }
  void remove(family f, const rocksdb::Slice& key) {
    get(f, key);
    rocksdb::WriteBatch batch;
    batch.Delete(engine_->handle(f), key);
    unscripted::storage::testing::must(engine_->write(batch));
  }

private:
  std::unique_ptr<engine> engine_;
};

}  // namespace unscripted::storage::testing
