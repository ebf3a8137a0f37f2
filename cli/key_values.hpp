// key=value from a command line, as JSON.
#pragma once

#include "gateway/json_writer.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unscripted::cli {

/// What follows the `=`: a number in JSON's grammar is a number, `true` and `false` are booleans,
/// "quoted" is the text inside the quotes, everything else is text.
/// Throws wrong_usage for a number that no double can hold.
void write_loose_value(gateway::json_writer& json, std::string_view text);

/// What a value may be besides: `or_json` lets arrays, objects and null be JSON too.
enum class loose_values : bool { plain, or_json };

/// Writes an object of the pairs, in order. Throws wrong_usage where a pair has no `=` or no key,
/// or a key comes twice.
void write_key_values(gateway::json_writer& json, const std::vector<std::string>& pairs,
                      loose_values values = loose_values::plain);

}  // namespace unscripted::cli
