// Values as text for people: what a difference, a mismatch and a problem show.
//
// Always one line: control characters in texts are escaped. The same text everywhere: no locale.
#pragma once

#include "core/effect.hpp"
#include "core/record.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace unscripted::core {

/// The shortest digits that read back as the same number; without an exponent where that is
/// readable: "0.25", "150000", "1e+300".
std::string show(double x);
/// A place or a size in metres: "(1.5, 0, 2)".
std::string show(const vec3& v);
/// By its type: a number, true or false, a quoted text, the serial of a thing.
std::string show(const value& v);
/// What was wished, in one word: the name of an action, or the type of another command ("found",
/// "create"). `named_by` names the actions.
std::string show_deed(const command& c, const catalogue& named_by);
/// A serial, or "none" for no_thing.
std::string show_thing(serial id);
/// In double quotes, with quotes, backslashes and control characters escaped as JSON has it.
std::string quoted(std::string_view text);

}  // namespace unscripted::core
