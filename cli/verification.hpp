// Deciding histories again: what `history verify` and `plugin test` have in common.
#pragma once

#include "cli/history_verbs.hpp"

#include <string>
#include <vector>

namespace unscripted::cli {

struct verify_options : range_options {
  std::vector<std::string> plugins;  // folders whose builds decide; none: those of the source
  bool count_all = false;            // with plugins it is always so
};

/// Prints whether each record comes out as it was recorded, or the first that does not. An exit
/// code. Throws what opening and asking throw. [blocking]
int verify_history(const verify_options& options);

}  // namespace unscripted::cli
