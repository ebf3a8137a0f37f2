// Hears of errors in RocksDB's background work. Internal to storage.
#pragma once

#include "storage/engine.hpp"

#include <rocksdb/listener.h>

namespace unscripted::storage {

/// A failed flush or compaction breaks the engine: there is no recovery at run time, only a
/// restart.
class engine::watcher final : public rocksdb::EventListener {
public:
  explicit watcher(engine& owner) : owner_(owner) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    owner_.break_with("background work", status->ToString());
  }

private:
  engine& owner_;
};

}  // namespace unscripted::storage
