// Records from JSON: reads what write_record() wrote and gives the same record, byte for byte once
// it is encoded.
//
// Every byte is taken as hostile, but only as far as JSON goes: whether a record fits the state is
// core::world::try_apply()'s to say, and whether it can be held at all that of core::decode().
#pragma once

#include "core/world.hpp"
#include "gateway/json_fields.hpp"
#include "gateway/value_reader.hpp"

namespace unscripted::gateway {

/// Reads the record that follows the state `before`, in a file where the world has the number
/// `world`. Its result is of no use where something was complained about.
core::record read_record(json_fields line, const core::world& before, core::world_number world,
                         const catalogue_shelf& shelf);

}  // namespace unscripted::gateway
