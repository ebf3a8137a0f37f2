// A thing as v1 shows it: straight from the world's state, in v1's words and v1's order.
#pragma once

#include "actors/request.hpp"
#include "gateway/json_writer.hpp"
#include "gateway/v1/tempo.hpp"

#include <string_view>

namespace unscripted::gateway::v1 {

/// Whether v1 lists the action: each parameter is one that a number can fill, and it is not done to
/// oneself only. A client of v1 fills every parameter with a number in [0, 1).
bool is_listed(const core::action& a);

/// The engine's name of a property that v1 calls `name`, by its kind.
std::string_view property_of(std::string_view kind, std::string_view name);

/// Writes what one world shows. Lives as long as one answer is encoded.
class thing_json {
public:
  thing_json(json_writer& json, const actors::view& seen, tempo& rates);

  /// The world itself included.
  void write(const core::thing& t);

private:
  void id_at(std::string_view key, core::serial thing);
  void place_at(std::string_view key, const core::vec3& v, bool on_ground);
  void decimal(double x);
  void created(const core::thing& t);
  void about_world();
  void about_bot(const core::thing& t);
  void others(const core::thing& t);
  void value_at(std::string_view key, const core::value& v);
  void actions(const core::kind& k);
  void links(const core::thing& t, const core::kind& k);

  json_writer& json_;
  const actors::view& seen_;
  std::optional<double> cycles_per_s_;
};

}  // namespace unscripted::gateway::v1
