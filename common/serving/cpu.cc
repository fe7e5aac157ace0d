#include "common/serving/cpu.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace crm::serving {
namespace {

constexpr double kLeastCpu = 0.001;
constexpr double kMostCpu = 1024;

constexpr int kLeastWorkers = 2;
constexpr int kMostWorkers = 8;
constexpr int kMostOwnWorkers = 4;

double AffinityCores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return std::max(1U, std::thread::hardware_concurrency());
}

// "0::/path", as the kernel names the group in the tree of version 2; empty if there is none.
std::string GroupOf(const std::string& own) {
  std::ifstream file(own);
  for (std::string line; std::getline(file, line);) {
    absl::string_view rest = line;
    if (absl::ConsumePrefix(&rest, "0::/")) return std::string(rest);
  }
  return "";
}

// "max 100000" or "150000 100000": microseconds of CPU in each period.
double LimitIn(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  std::string quota;
  double period = 0;
  double used = 0;
  if (!(file >> quota >> period) || period <= 0 || !absl::SimpleAtod(quota, &used) || used <= 0) {
    return std::numeric_limits<double>::infinity();
  }
  return used / period;
}

}  // namespace

std::optional<double> ParseCpu(absl::string_view text) {
  const bool thousandths = absl::ConsumeSuffix(&text, "m");
  const absl::string_view digits = thousandths ? "0123456789" : "0123456789.";
  double cpu = 0;
  if (text.find_first_not_of(digits) != absl::string_view::npos || !absl::SimpleAtod(text, &cpu)) {
    return std::nullopt;
  }
  if (thousandths) cpu /= 1000;
  if (cpu < kLeastCpu || cpu > kMostCpu) return std::nullopt;
  return cpu;
}

double UsableCpu(const std::string& cgroups, const std::string& own) {
  double cpu = std::min(AffinityCores(), LimitIn(cgroups));
  // A limit holds for all groups below it.
  for (std::string group = GroupOf(own); !group.empty();) {
    cpu = std::min(cpu, LimitIn(cgroups + "/" + group));
    const size_t slash = group.rfind('/');
    group.resize(slash == std::string::npos ? 0 : slash);
  }
  return cpu;
}

Workers WorkersFor(double cpu) {
  const int workers = std::clamp(static_cast<int>(std::ceil(cpu)), kLeastWorkers, kMostWorkers);
  return {workers, workers, std::clamp(workers / 2, kLeastWorkers, kMostOwnWorkers)};
}

}  // namespace crm::serving
