// Reads a JSON object strictly: each member has its type and range, none is missing, unknown or
// there twice. The first thing that is wrong stays, with what was expected and what was found;
// reading goes on with defaults, so that callers need no branch after each read.
#pragma once

#include "core/ids.hpp"
#include "core/numbers.hpp"

#include <simdjson.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace unscripted::gateway {

/// The first thing that was not as it should be.
class complaint {
public:
  /// Where, what it should be, and what it is.
  void expect(std::string_view where, std::string_view expected, std::string_view found);
  void expect(std::string_view where, std::string_view expected, simdjson::dom::element found);

  bool is_made() const { return !text_.empty(); }
  /// "`commit.seq` should be 5, is 6"; empty where there is nothing to complain about.
  const std::string& text() const { return text_; }

private:
  std::string text_;
};

/// One object. At most 64 members are known; the others are complained about. Must not outlive the
/// parser's document and the complaint.
class json_fields {
public:
  json_fields(simdjson::dom::object object, std::string path, complaint& why)
    : object_(object), path_(std::move(path)), why_(&why) {}

  bool has(std::string_view name) const;
  std::optional<simdjson::dom::element> take(std::string_view name);
  /// Complains where it is missing.
  std::optional<simdjson::dom::element> need(std::string_view name, std::string_view expected);

  std::uint64_t integer(std::string_view name,
                        std::uint64_t most = std::numeric_limits<std::uint64_t>::max());
  std::int64_t signed_integer(std::string_view name);
  double number(std::string_view name);
  /// False where it is missing.
  bool flag(std::string_view name);
  /// A string.
  std::string_view word(std::string_view name);
  /// 16 hex digits.
  std::uint64_t hash(std::string_view name);
  /// A string, or {"hex": bytes}; see write_text().
  std::string text(std::string_view name);
  std::string text_or_empty(std::string_view name) { return has(name) ? text(name) : ""; }
  core::vec3 place(std::string_view name);
  /// The id of a thing of that world.
  core::serial id(std::string_view name, core::world_number world);
  json_fields object(std::string_view name);
  simdjson::dom::array array(std::string_view name);

  /// After all reads: complains about what nobody asked for.
  void finish();

  const simdjson::dom::object& members() const { return object_; }
  std::string path_of(std::string_view name) const;
  complaint& why() { return *why_; }

private:
  simdjson::dom::object object_;
  std::string path_;
  complaint* why_;
  std::uint64_t taken_ = 0;  // a bit for each member
};

// Values as they are written by gateway/history_values.hpp; nothing where they are not of that
// form.

std::optional<std::string> to_text(simdjson::dom::element e);
std::optional<core::serial> to_serial(simdjson::dom::element e, core::world_number world);
std::optional<core::vec3> to_place(simdjson::dom::element e);

}  // namespace unscripted::gateway
