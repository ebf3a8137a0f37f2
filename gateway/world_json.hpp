// A world, its things, and what is seen of it, as JSON.
#pragma once

#include "actors/request.hpp"
#include "gateway/catalogue_text.hpp"
#include "gateway/json_writer.hpp"

namespace unscripted::gateway {

/// [x, y, z], in metres.
void write_place(json_writer& json, const core::vec3& v);
/// The same, to where place_chars_max characters have room; returns the end of what it wrote.
char* put_place(char* at, const core::vec3& v);
inline constexpr std::size_t place_chars_max = 3 * 22 + 1;

/// Writes what one world shows. Lives as long as one answer or event is encoded.
class world_json {
public:
  world_json(json_writer& json, const actors::view& seen, const catalogue_text& text)
    : json_(json), seen_(seen), text_(text) {}

  void world();
  /// `own`: with its private properties; `as_itself`: with the actions that it can do to itself.
  /// `token`: of a bot, where it is shown.
  void thing(const core::thing& t, bool own, bool as_itself, std::string_view token = {});
  void perception(const core::thing& bot, core::micrometres range, bool ego, bool own);
  void place(const core::vec3& v);
  void id(core::serial thing);
  /// The members of `props`; null `slots` means all.
  void props(const core::thing& t, bool own, const std::vector<std::uint16_t>* slots);

private:
  void identity(const core::thing& t);
  void as_others_see(const core::thing& t);
  void seen_from(const core::thing& bot, const core::sighting& s, bool ego);
  void rest(const core::thing& t, bool own, bool as_itself);
  void id_at(std::string_view key, core::serial thing);
  void place_at(std::string_view key, const core::vec3& v);
  void value(const core::value& v);
  void rules();

  json_writer& json_;
  const actors::view& seen_;
  const catalogue_text& text_;
};

}  // namespace unscripted::gateway
