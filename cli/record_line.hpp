// A record of a history as a person reads it: one line.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

namespace unscripted::cli {

/// The parts of such a line.
struct record_words {
  std::string seq, tick;
  std::string who;      // "bot 3"; "-" where no bot did it
  std::string what;     // "walk angle=0.25", "drink at 2", "create well"
  std::string outcome;  // "done", "refused: not_in_reach"
  std::string effects;  // "moved to (3.1, 5); died of thirst, heir 7"
};

/// `record` is one of `history.read`.
record_words words_of(simdjson::dom::element record);

/// The words in columns of fixed width, for one record after the other. No line feed.
std::string record_line(simdjson::dom::element record);

/// The serial of a thing, as people name it within its world: "3" of 000000010000000000000003.
/// Whatever is no id comes back as it is.
std::string serial_text(std::string_view id);

}  // namespace unscripted::cli
