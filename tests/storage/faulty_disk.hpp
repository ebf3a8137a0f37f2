// A disk for RocksDB that fails as disks do: a call fails, or the power goes and takes what was not
// synced with it. Everything else passes through to the files of this machine.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace unscripted::storage::testing {

/// Knows of each file in one folder how much of it was synced, and which names were made, changed
/// or taken away since the folder was. [any thread], but for lose().
class faulty_disk final : public rocksdb::FileSystemWrapper {
public:
  enum class io : std::uint8_t { append, sync, rename, open, read, remove };
  static constexpr std::size_t io_count = 6;
  enum class fault : std::uint8_t { eio, enospc, short_write };
  /// What becomes of bytes that were not synced: none is left; those up to some place are; those
  /// are, and the last sector of them is garbled; or all are left, where only a process ended.
  enum class loss : std::uint8_t { all, some, torn, none };

  explicit faulty_disk(std::filesystem::path folder);
  ~faulty_disk() override;
  const char* Name() const override { return "faulty_disk"; }

  /// The n-th call of that kind fails, counted from 1 and from now. Short writes are of appends.
  /// Where `whose` is given, only that thread's calls count: what RocksDB's own threads do comes
  /// when they like.
  void fail(io what, std::uint64_t n, fault how, std::optional<std::thread::id> whose = {});
  bool has_failed() const;

  /// The n-th change of the disk, counted from 1, finds it without power. From then on
  /// nothing reaches it any more, though it answers as if: nobody is there to hear of it.
  void cut_power_at(std::uint64_t change);
  void cut_power();
  bool is_off() const;
  std::uint64_t changes() const;
  /// When everything is closed: what was not synced is lost.
  void lose(loss how, std::mt19937_64& chance);

  // -- of rocksdb::FileSystem ---------------------------------------------------------------------

  using status = rocksdb::IOStatus;
  using context = rocksdb::IODebugContext;

  status NewSequentialFile(const std::string& name, const rocksdb::FileOptions& how,
                           std::unique_ptr<rocksdb::FSSequentialFile>* made, context* dbg) override;
  status NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& how,
                             std::unique_ptr<rocksdb::FSRandomAccessFile>* made,
                             context* dbg) override;
  status NewWritableFile(const std::string& name, const rocksdb::FileOptions& how,
                         std::unique_ptr<rocksdb::FSWritableFile>* made, context* dbg) override;
  status ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& how,
                            std::unique_ptr<rocksdb::FSWritableFile>* made, context* dbg) override;
  status NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& how,
                         std::unique_ptr<rocksdb::FSRandomRWFile>* made, context* dbg) override;
  status NewDirectory(const std::string& name, const rocksdb::IOOptions& how,
                      std::unique_ptr<rocksdb::FSDirectory>* made, context* dbg) override;
  status RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& how,
                    context* dbg) override;
  status DeleteFile(const std::string& name, const rocksdb::IOOptions& how, context* dbg) override;

  // -- for its files ------------------------------------------------------------------------------

  /// Whether the call may be done; counts it. `half`: an append is to write half of its bytes
  /// first.
  status begin(io what, bool* half = nullptr);
  void note_written(ino_t file, std::uint64_t bytes);
  void note_cut(ino_t file, std::uint64_t size);
  void note_synced(ino_t file);
  void note_folder_synced();

private:
  struct extent {
    std::uint64_t written = 0, synced = 0;
  };
  struct deed {
    enum class kind : std::uint8_t { made, renamed, removed } what;
    std::filesystem::path name, from, kept;  // `kept`: what stood at the name before
  };
  struct plan {
    io what;
    std::uint64_t n;
    fault how;
    std::optional<std::thread::id> whose;
  };

  bool is_ours(const std::string& name) const;
  std::filesystem::path keep(const std::string& name);
  void switch_off();
  void undo(const deed& d);
  void cut(const std::filesystem::path& file, const extent& e, loss how, std::mt19937_64& chance);

  const std::filesystem::path folder_, attic_;
  mutable std::mutex mutex_;
  std::optional<plan> plan_;
  std::array<std::uint64_t, io_count> calls_{};
  std::uint64_t changes_ = 0, cut_at_ = 0, kept_ = 0;
  bool is_off_ = false, has_failed_ = false;
  std::map<ino_t, extent> files_;
  std::vector<deed> deeds_;  // since the folder was synced
  std::size_t deeds_with_power_ = 0;
};

}  // namespace unscripted::storage::testing
