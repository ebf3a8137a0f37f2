// What a server can do, as a person reads it: `describe` in words, tables and examples.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

namespace unscripted::cli {

/// All actions, kinds and methods, a line each. `all` is the result of `describe`.
std::string overview_of(simdjson::dom::element all);

/// What is called `name`, be it actions, a kind or a method: what it takes, within which limits,
/// and a command line that would do. Empty where nothing is called so.
std::string description_of(simdjson::dom::element all, std::string_view name);

/// The same as JSON: an object with those of `methods`, `kinds` and `actions` that are called so.
std::string description_json(simdjson::dom::element all, std::string_view name);

}  // namespace unscripted::cli
