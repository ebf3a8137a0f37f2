// Records as JSON: what was wished, and what became of it.
#pragma once

#include "core/record.hpp"
#include "gateway/json_writer.hpp"

namespace unscripted::gateway {

/// `c` is the catalogue that names the record's kinds, properties and actions.
void write_record(json_writer& json, const core::record& r, const core::catalogue& c,
                  core::world_number world);

}  // namespace unscripted::gateway
