// Where an export goes: standard output, or a file that gets its name only when it is whole.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace unscripted::cli {

/// Not thread-safe. What is not finished leaves no file behind.
class export_file {
public:
  /// Writes to `name` with ".partial" behind it; empty is standard output. A file of that name
  /// stays as it is until finish(). Throws failed.
  explicit export_file(std::string name);
  ~export_file();
  export_file(const export_file&) = delete;
  export_file& operator=(const export_file&) = delete;

  /// Throws failed where the disk is full, or nobody reads any more.
  void write(std::string_view bytes);
  /// All is on the disk, under its name, when this returns. Throws failed.
  void finish();

  std::uint64_t bytes() const { return bytes_; }
  /// Where an export to `name` is written before it is whole; empty for standard output.
  static std::string partial_of(const std::string& name) {
    return name.empty() ? name : name + ".partial";
  }

private:
  [[noreturn]] void fail(int error) const;

  std::string name_, partial_;
  std::FILE* file_ = nullptr;
  std::uint64_t bytes_ = 0;
};

}  // namespace unscripted::cli
