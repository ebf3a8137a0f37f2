// Reads the parts of records that gateway/history_values.hpp writes: values, properties, settings,
// and catalogues. What is wrong is complained about; see gateway/json_fields.hpp.
#pragma once

#include "core/catalogue.hpp"
#include "core/settings.hpp"
#include "gateway/history_values.hpp"
#include "gateway/json_fields.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

namespace unscripted::gateway {

/// A value alone, of a type that is known; nothing where it is of another.
std::optional<core::value> to_value(simdjson::dom::element e, core::value_type type,
                                    core::world_number world);

/// The member `name`, an object of properties by name; empty where it is missing.
slot_values read_props(json_fields& in, std::string_view name, const core::kind* kind,
                       core::world_number world);

/// All members of `in`.
core::settings read_settings(json_fields in);

/// The catalogues that lines of a file have described so far; at most 256 MiB of descriptions.
class catalogue_shelf {
public:
  /// Reads {"catalogue": digest, "description": hex, "plugins": [...]}. A repeat is fine.
  void read(json_fields line);
  void keep(core::catalogue_ptr known);
  /// Null where it was not described.
  core::catalogue_ptr find(std::uint64_t digest) const;

private:
  std::map<std::uint64_t, core::catalogue_ptr> known_;
  std::size_t bytes_ = 0;
};

/// The member `catalogue`, a digest of one that is on the shelf; null otherwise.
core::catalogue_ptr read_catalogue(json_fields& in, const catalogue_shelf& shelf);
/// The member `plugins`: it must name those of `c`, unless that is null.
void check_plugins(json_fields& in, const core::catalogue* c);

}  // namespace unscripted::gateway
