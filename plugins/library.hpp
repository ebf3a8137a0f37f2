// A shared library, mapped into this process for as long as the process lives.
//
// It is loaded from a private copy of its own name, so that the file may be replaced at any time
// and a new version is never mistaken for the old one. What was mapped once is never unmapped: a
// world may still run its code. The same bytes are mapped once, however often and under whatever
// name they are opened. [any thread] [blocking]
#pragma once

#include "plugins/abi.h"

#include <filesystem>
#include <string>

namespace unscripted::plugins {

/// Why a plugin is refused: the part of the line after the file's name.
struct refusal {
  std::string why;
};

struct library {
  std::string hash;                      // XXH3-128 of the file's bytes, 32 hex digits
  const uns_plugin* exported = nullptr;  // not checked yet
};

/// Throws a refusal where the file is not to be trusted (trusted_file.hpp) or no library for this
/// machine, a symbol is missing, or loading it changed how this processor rounds (then that is put
/// right again).
library open_library(const std::filesystem::path& file);

}  // namespace unscripted::plugins
