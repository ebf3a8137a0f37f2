// Where the pages of an export come from: one class for each kind. Internal to history_export.
#pragma once

#include "gateway/history_export.hpp"
#include "gateway/json_writer.hpp"
#include "storage/playback.hpp"

#include <memory>
#include <optional>
#include <string>

namespace unscripted::gateway {

/// Collects the items of one page.
class export_page {
public:
  export_page(std::string& out, const export_options& options)
    : out_(out), begin_(out.size()), options_(options) {}

  /// Writes one item, by write(json).
  template <class Write>
  void add(const Write& write) {
    if (count_++ > 0 && !options_.as_lines) out_.push_back(',');
    json_writer json(out_);
    json.begin_object();
    write(json);
    json.end_object();
    if (options_.as_lines) out_.push_back('\n');
  }
  bool is_full() const {
    return count_ >= options_.items_max || out_.size() - begin_ >= options_.bytes_max;
  }

private:
  std::string& out_;
  std::size_t begin_;
  const export_options& options_;
  std::uint64_t count_ = 0;
};

class export_source {
public:
  virtual ~export_source() = default;

  /// At least one item, unless it looked at very many records in vain. Not at the end.
  virtual std::optional<storage::failure> write(export_page& page) = 0;
  virtual bool at_end() const = 0;
  virtual std::uint64_t next() const = 0;
};

struct export_world {
  storage::world_entry entry;
  std::uint64_t base_seq = 0;
  core::world_number parent = 0;  // 0: none
  std::uint64_t parent_seq = 0;
};

/// `from` stands right before the first record to be shown; `of` says what it belongs to.
std::unique_ptr<export_source> records_of(storage::playback from, export_world of,
                                          std::uint64_t to);
std::unique_ptr<export_source> deaths_of(storage::playback from, core::world_number world,
                                         std::uint64_t to);
std::unique_ptr<export_source> population_of(storage::playback from, std::uint64_t to,
                                             std::uint64_t every_ticks);
std::unique_ptr<export_source> things_of(std::unique_ptr<core::world> w, core::world_number world,
                                         core::serial from);

/// The name of a column, such that it is none of the fixed ones: "name" becomes "props.name".
template <class Fixed>
std::string column_name(const Fixed& fixed, std::string_view group, const std::string& name) {
  for (const std::string_view taken : fixed)
    if (taken == name) return std::string{group} + "." + name;
  return name;
}

}  // namespace unscripted::gateway
