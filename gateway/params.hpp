// The strict mapper from the params of a request to typed values: what is missing, unknown, twice,
// of the wrong type or out of range is a problem that names the parameter and says what would do.
// The first problem stays; reading goes on with defaults, so that callers need no branch after each
// read.
#pragma once

#include "core/ids.hpp"
#include "core/problem.hpp"
#include "core/resolve.hpp"

#include <boost/container/small_vector.hpp>
#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace unscripted::gateway {

class params_reader {  // NOLINT(bugprone-exception-escape): moving its members allocates nothing
public:
  /// Reads the members of `object`, which must outlive the reader. `within` is put before names in
  /// messages ("acts[3].").
  explicit params_reader(simdjson::dom::object object, std::string within = {});
  /// Without params.
  params_reader() = default;

  bool has(std::string_view name) const;

  std::string text(std::string_view name);  // required
  std::optional<std::string> optional_text(std::string_view name);
  core::thing_id id(std::string_view name);  // required
  std::optional<core::thing_id> optional_id(std::string_view name);
  /// An id where there is a good one, without reading the parameter.
  std::optional<core::thing_id> peek_id(std::string_view name) const;
  /// A text or a whole number as text, likewise.
  std::optional<std::string> peek_text(std::string_view name) const;
  bool flag(std::string_view name, bool otherwise);
  std::optional<double> number(std::string_view name, double minimum, double maximum,
                               std::string_view unit);
  std::optional<std::uint64_t> integer(std::string_view name, std::uint64_t minimum,
                                       std::uint64_t maximum);
  /// Three lengths in metres.
  std::optional<core::vec3> place(std::string_view name);
  /// The members of an object, loosely typed.
  core::named_values values(std::string_view name);
  std::optional<simdjson::dom::object> object(std::string_view name);
  std::optional<simdjson::dom::array> array(std::string_view name);
  /// Whether it is there and null: reads it then.
  bool take_null(std::string_view name);

  void complain(core::problem p);
  void expect(std::string_view name, std::string expected);
  /// After all reads: the first problem, or that of a parameter that nobody asked for.
  std::optional<core::problem> finish();

private:
  struct member {
    std::string_view name;
    simdjson::dom::element value;
    bool used = false;
  };

  member* take(std::string_view name);
  const member* find(std::string_view name) const;

  // Most methods have fewer, and most requests are small: no memory is asked for then.
  boost::container::small_vector<member, 8> members_;
  boost::container::small_vector<std::string_view, 8> asked_;
  std::string within_;
  std::optional<core::problem> problem_;
};

/// A scalar as core takes it; nothing for objects, arrays, null and integers beyond 64 bits.
core::loose_value to_loose(simdjson::dom::element e);

}  // namespace unscripted::gateway
