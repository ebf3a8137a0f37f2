// Says in words what it means when the process is aborted while it opens and recovers histories.
//
// RocksDB as packaged checks some damaged bytes with assertions, before their checksum is looked
// at. Nothing of ours can catch that; but while histories are opened an abort has one meaning.
#pragma once

#include <filesystem>

namespace unscripted::gateway {

/// While it lives an abort ends the process with exit code 1 and one line on standard error. One at
/// a time; made and destroyed by the thread that starts the server.
class opening_guard {
public:
  explicit opening_guard(const std::filesystem::path& folder);
  ~opening_guard();
  opening_guard(const opening_guard&) = delete;
  opening_guard& operator=(const opening_guard&) = delete;
};

}  // namespace unscripted::gateway
