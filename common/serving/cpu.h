#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

// How much work a process should take on, by the CPU that it may use.
namespace crm::serving {

// A number of cores, as "2" or "0.5", or as Kubernetes writes them: "500m" is half a core. From
// 0.001 to 1024; nullopt for all else.
std::optional<double> ParseCpu(absl::string_view text);

// The cores this process may use: those that the scheduler lets it run on, or fewer if a CPU limit
// of its control groups (version 2) says so. `cgroups` is where they are mounted, `own` the file
// that names the process' own. What cannot be read limits nothing.
double UsableCpu(const std::string& cgroups = "/sys/fs/cgroup",
                 const std::string& own = "/proc/self/cgroup");

// Threads of an executor.
struct Workers {
  int read;
  int write;
  int own;  // in each lane of the service's own
};

// The threads that suit so many cores. Two of each kind at least, so that one may wait for the
// database while another works; beyond eight they only make batches smaller and connections more.
Workers WorkersFor(double cpu);

}  // namespace crm::serving
