// Records as JSON: what was wished, and what became of it. Nothing is left out: what
// gateway/record_reader.hpp reads from it is the same record.
#pragma once

#include "core/record.hpp"
#include "gateway/json_writer.hpp"
#include "gateway/record_kinds.hpp"

namespace unscripted::gateway {

/// `c` is the catalogue that names what the record holds: the one before it, or for the first
/// record its own. `kinds` finds the kinds of things before the record. Without it those that the
/// record itself does not tell are not known, and their properties have numbers for names.
void write_record(json_writer& json, const core::record& r, const core::catalogue& c,
                  core::world_number world, const kind_finder& kinds = {});
/// The same without the braces around it.
void write_record_members(json_writer& json, const core::record& r, const core::catalogue& c,
                          core::world_number world, const kind_finder& kinds);

}  // namespace unscripted::gateway
