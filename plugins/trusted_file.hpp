// Reads a file whose bytes are about to run in this process. What others could have written, or
// could replace, is refused. [blocking]
#pragma once

#include <filesystem>
#include <string>

namespace unscripted::plugins {

/// The bytes of a regular file that belongs to root or to this process' user, and that neither by
/// itself nor through its folder can be written by others. A group counts as others unless it is
/// the owner's own: of the same name, and without other members.
///
/// All is checked on the open file, so that nothing can be put in its place in between. A folder
/// may be reached by symbolic links; the file itself may not be one.
/// Throws a refusal.
std::string read_trusted(const std::filesystem::path& file);

}  // namespace unscripted::plugins
