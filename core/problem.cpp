#include "core/problem.hpp"

#include <array>

namespace unscripted::core {

namespace {

struct row {
  int code;
  const char* reason;
};

// In the order of errc; the table of the wire protocol.
constexpr std::array<row, 18> table{{
    {-32700, "parse_error"},
    {-32600, "invalid_request"},
    {-32601, "unknown_method"},
    {-32602, "invalid_params"},
    {401, "unauthorized"},
    {403, "forbidden"},
    {403, "over_capacity"},
    {404, "not_found"},
    {409, "dead"},
    {409, "busy"},
    {409, "conflict"},
    {413, "too_large"},
    {429, "rate_limited"},
    {500, "plugin_fault"},
    {500, "damaged"},
    {503, "storage_full"},
    {503, "shutting_down"},
    {503, "overloaded"},
}};

}  // namespace

int wire_code(errc code) { return table[static_cast<std::size_t>(code)].code; }

const char* reason(errc code) { return table[static_cast<std::size_t>(code)].reason; }

problem::problem(errc what, std::string text, facts known)
  : code(what), message(std::move(text)), data(std::move(known)) {}

problem problem::with(std::string key, datum value) && {
  data.emplace_back(std::move(key), std::move(value));
  return std::move(*this);
}

problem bad_param(std::string param, std::string expected, const std::string& message) {
  problem p{errc::invalid_params, message, {}};
  if (message.empty()) p.message = "parameter `" + param + "`: expected " + expected;
  return std::move(p).with("param", std::move(param)).with("expected", std::move(expected));
}

}  // namespace unscripted::core
