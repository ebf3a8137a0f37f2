// All figures of a server, for Prometheus: none of one bot or one world, so that their number does
// not grow with what lives here.
#pragma once

#include "gateway/hub.hpp"

#include <string>

namespace unscripted::gateway {

/// In the text format 0.0.4. Asks the disk and the system. [any thread] [blocking]
std::string metrics_text(const hub& h);

}  // namespace unscripted::gateway
