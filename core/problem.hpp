// Why a request was not carried out: the error table of the wire protocol as a type.
//
// A problem means that nothing was decided and nothing recorded (except plugin_fault, whose record
// holds no effect). The message is one line for a person: what, where, why, what to do. `data`
// holds the same facts for a program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace unscripted::core {

enum class errc : std::uint8_t {
  parse_error,
  invalid_request,
  unknown_method,
  invalid_params,
  unauthorized,
  forbidden,
  over_capacity,
  not_found,
  dead,
  busy,
  conflict,
  too_large,
  rate_limited,
  plugin_fault,
  damaged,
  storage_full,
  shutting_down,
  overloaded,
};

/// The code on the wire: JSON-RPC's negative ones, HTTP-like ones for the rest.
int wire_code(errc code);
/// The stable word on the wire, e.g. "not_found".
const char* reason(errc code);

struct problem {
  using datum = std::variant<std::string, std::int64_t, double>;
  using facts = std::vector<std::pair<std::string, datum>>;

  errc code = errc::invalid_request;
  std::string message;
  facts data;

  problem() = default;
  // Cold: every way that ends in a problem is laid out of the way of those that don't.
  [[gnu::cold]] problem(errc code, std::string message, facts data);
  [[gnu::cold]] problem with(std::string key, datum value) &&;
};

/// The problem of a parameter: names it and says what would do.
problem bad_param(std::string param, std::string expected, const std::string& message = {});

/// A value or the problem that stood in its way.
template <class T>
class [[nodiscard]] result {
public:
  result(T value) : content_(std::move(value)) {}
  result(problem why) : content_(std::move(why)) {}

  explicit operator bool() const { return content_.index() == 0; }
  T& operator*() { return std::get<0>(content_); }
  const T& operator*() const { return std::get<0>(content_); }
  T* operator->() { return &std::get<0>(content_); }
  const T* operator->() const { return &std::get<0>(content_); }
  problem& why() { return std::get<1>(content_); }
  const problem& why() const { return std::get<1>(content_); }

private:
  std::variant<T, problem> content_;
};

}  // namespace unscripted::core
