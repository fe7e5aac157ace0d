#pragma once

#include <optional>
#include <string>

#include "common/metrics/registry.h"

namespace crm::metrics {

// Adds what every Prometheus client says of its process: process_start_time_seconds,
// process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes,
// process_open_fds, process_max_fds and process_threads. Read from /proc when asked for; what
// cannot be read is 0. Also crm_memory_limit_bytes, if the control group has a limit at the start.
void AddProcessMetrics(Registry& registry);

// The limit on memory that the control group mounted at `folder` has, of either version; nothing
// when there is none.
std::optional<double> MemoryLimit(const std::string& folder = "/sys/fs/cgroup");

}  // namespace crm::metrics
