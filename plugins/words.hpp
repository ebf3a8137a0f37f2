// The words that a plugin brings: names, ids and texts, none of which is trusted. [pure]
#pragma once

#include <string>
#include <string_view>

namespace unscripted::plugins {

/// [a-z][a-z0-9_]{0,31}
bool is_name(std::string_view text);
/// A name, or '_' and a name.
bool is_property_name(std::string_view text);
/// Two or more parts [a-z][a-z0-9_]* joined by dots; at most 128 bytes.
bool is_plugin_id(std::string_view text);
/// [0-9A-Za-z.+-]{1,32}, beginning with a digit.
bool is_version(std::string_view text);
/// Visible ASCII, at most 16 bytes; may be empty.
bool is_unit(std::string_view text);
/// Well-formed UTF-8 without control characters.
bool is_line(std::string_view text);

/// The text as one line of UTF-8: each wrong byte or control character becomes '?', what is beyond
/// `most` bytes is cut off at a character's border.
std::string to_line(std::string_view text, std::size_t most);

/// The text as a line in backticks, for messages; cut off after 64 bytes.
std::string quote(std::string_view text);

}  // namespace unscripted::plugins
