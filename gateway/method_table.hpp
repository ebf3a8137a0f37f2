// The rows of the table of methods, and words for the params in them.
#pragma once

#include "gateway/methods.hpp"

#include <string_view>
#include <vector>

namespace unscripted::gateway {

/// A parameter as the table has it. `schema` is JSON Schema without the braces.
struct param {
  const char* name;
  const char* schema;
  bool required = false;
};

struct methods::entry {
  std::string_view name;
  void (methods::*run)();
  role least;  // of those whose tokens may call it
  const char* summary;
  std::vector<param> params;
  /// Acts of who runs the server: the param that says what it is done to; null: not one of these.
  const char* audited = nullptr;
  /// Its `token` is shown before it is known whether it may be called.
  bool shows_token = false;
};

namespace schema {

inline constexpr const char* text = R"("type":"string")";
inline constexpr const char* id = R"("type":"string","pattern":"^[0-9a-f]{24}$")";
inline constexpr const char* place =
    R"("type":"array","items":{"type":"number"},"minItems":3,"maxItems":3,"unit":"m")";
inline constexpr const char* flag = R"("type":"boolean")";
inline constexpr const char* object = R"("type":"object")";
inline constexpr const char* metres = R"("type":"number","minimum":0,"unit":"m")";
inline constexpr const char* pace = R"("enum":["free","lockstep","realtime"])";
inline constexpr const char* counts =
    R"("type":"object","additionalProperties":{"type":"integer","minimum":0})";
inline constexpr const char* whole = R"("type":"integer","minimum":0)";
inline constexpr const char* tick_or_null =
    R"("type":["integer","null"],"minimum":0,"unit":"tick")";
inline constexpr const char* moment =
    R"("type":"object","properties":{"seq":{"type":"integer"},"tick":{"type":"integer"}},)"
    R"("minProperties":1,"maxProperties":1)";
inline constexpr const char* limit =
    R"("type":"integer","minimum":1,"maximum":1000,"default":1000)";

}  // namespace schema

}  // namespace unscripted::gateway
