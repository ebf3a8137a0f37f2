// JSON objects as rows of comma-separated values (RFC 4180).
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

namespace unscripted::cli {

/// A cell: in quotes where it holds a comma, a quote or the end of a line.
std::string csv_cell(std::string_view text);

/// Cells with commas between, and the end of the line.
std::string csv_row(const std::vector<std::string>& cells);

/// Rows of objects that have the same members, which the first one names: the header. A place, an
/// array of three, is three columns: pos.x, pos.y, pos.z. Not thread-safe.
class csv_rows {
public:
  /// Of the members of any object.
  csv_rows() = default;
  /// Of records as `history.export` has them; what else it has is passed over.
  static csv_rows of_records();

  /// The lines of one object: the header before the first.
  std::string lines(simdjson::dom::element object);

  /// Members that the header does not have, and that are left out therefore.
  const std::vector<std::string>& left_out() const { return left_out_; }

private:
  std::string record_lines(simdjson::dom::element record);
  std::string header(const std::vector<std::string>& names);

  bool is_records_ = false;
  bool is_begun_ = false;
  std::vector<std::string> columns_;
  std::vector<std::string> left_out_;
};

}  // namespace unscripted::cli
