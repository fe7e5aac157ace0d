#pragma once

#include "common/metrics/registry.h"

namespace crm::metrics {

// Adds what every Prometheus client says of its process: process_start_time_seconds,
// process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes,
// process_open_fds, process_max_fds and process_threads. Read from /proc when asked for; what
// cannot be read is 0.
void AddProcessMetrics(Registry& registry);

}  // namespace crm::metrics
