#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace crm::bench {

// CPU seconds used so far by a process and, for PostgreSQL, by its children too, dead ones
// included. 0 for a process that is gone.
double CpuSeconds(pid_t pid, bool with_children = false);
// Of this process; and of its children that have ended (pgbench).
double OwnCpuSeconds();
double ChildrenCpuSeconds();

// Resident memory in MiB.
double ResidentMib(pid_t pid);

// The sum of a metric over all its series that have every one of `labels` (as `code="OK"`), from a
// /metrics address; 0 if it is not there.
double Metric(const std::string& url, const std::string& name,
              const std::vector<std::string>& labels = {});

// "AMD EPYC, 2 cores, 24 GiB, Linux 6.1".
std::string MachineText();

// CPU seconds by name between construction and Stop().
class CpuMeter {
 public:
  struct Watched {
    std::string name;
    pid_t pid;
    bool with_children;
  };
  explicit CpuMeter(std::vector<Watched> watched);
  // Also "client", this process, and "pgbench", its ended children.
  std::map<std::string, double> Stop();

 private:
  std::map<std::string, double> Read() const;

  const std::vector<Watched> watched_;
  const std::map<std::string, double> before_;
};

}  // namespace crm::bench
