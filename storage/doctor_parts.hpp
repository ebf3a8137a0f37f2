// The parts of an examination: the folder, its lists, and one world. Internal to storage.
#pragma once

#include "storage/doctor.hpp"
#include "storage/store.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace unscripted::storage::doctor {

/// "1,704".
std::string with_commas(std::uint64_t x);
/// The line of a failure without its advice to restore a backup: the doctor gives better.
std::string symptom(const failure& why);

inline constexpr const char* restore_backup = "restore from a backup: `unscripted restore`";

/// Of a folder that could not be opened to read. [blocking]
std::vector<finding> examine_closed(const std::filesystem::path& folder, const failure& why);

/// The list of worlds, what is kept of worlds that are not in it, and the catalogues. Adds the
/// worlds to `into`, not looked at yet. [blocking]
void examine_lists(const store& from, checkup& into);

/// `records` more were replayed; false: it is to be cancelled.
using beat = std::function<bool(std::uint64_t records)>;

/// The history of one world, into `world`, whose number and name are set. False where it was
/// cancelled. Used by one thread. [blocking]
bool examine_world(const store& from, const beat& on, world_checkup& world);

}  // namespace unscripted::storage::doctor
