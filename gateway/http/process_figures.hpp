// What the system says of this process.
#pragma once

namespace unscripted::gateway {

struct process_figures {
  double resident_bytes = 0, cpu_seconds = 0, open_fds = 0, max_fds = 0, threads = 0;
  double start_time_seconds = 0;  // Unix time
};

/// What can't be read is 0. [blocking]
process_figures measure_process();

}  // namespace unscripted::gateway
