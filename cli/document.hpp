// JSON that came from a server: its text as it came, and its values.
#pragma once

#include "cli/failure.hpp"

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace unscripted::cli {

/// One JSON text and its parsed form. Owns both; elements and views taken from it die with it.
class document {
public:
  /// Throws failed where `text` is not JSON.
  explicit document(std::string text);

  const std::string& text() const { return text_; }
  simdjson::dom::element root() const { return root_; }

private:
  std::string text_;
  std::unique_ptr<simdjson::dom::parser> parser_;
  simdjson::dom::element root_;
};

/// An answer of the protocol: its result, or its error.
using answer = std::variant<document, refusal>;

/// The answer in a line of the protocol; its result is copied as it stands, not rewritten.
answer read_answer(std::string_view line);

/// The id of an answer with a whole number as id, 0 for an event or anything else.
std::uint64_t answer_id(simdjson::dom::element line);

/// The error object of an answer.
refusal read_refusal(simdjson::dom::element error);

/// The text of a member of the object that `json` holds, as it stands; empty where there is none.
/// `json` must be valid.
std::string_view raw_member(std::string_view json, std::string_view name);

/// The texts of the items of the array that `json` holds, as they stand; none where it is no array.
/// `json` must be valid.
std::vector<std::string_view> raw_items(std::string_view json);

// -- members of an object, with a fallback where absent or of another type ----------------------

/// The items of an array; none where it is no array.
simdjson::dom::array items_at(simdjson::dom::element object, std::string_view name);
std::string_view text_at(simdjson::dom::element object, std::string_view name);
double number_at(simdjson::dom::element object, std::string_view name, double fallback = 0);
/// Also of an integer written as text, as some servers write what is above 2^53.
std::uint64_t count_at(simdjson::dom::element object, std::string_view name,
                       std::uint64_t fallback = 0);
bool flag_at(simdjson::dom::element object, std::string_view name, bool fallback = false);

}  // namespace unscripted::cli
