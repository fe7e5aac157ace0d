#include "common/metrics/process.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace crm::metrics {
namespace {

// Fields of /proc/self/stat by their numbers in proc(5).
enum StatField {
  kUserTicks = 14,
  kSystemTicks = 15,
  kThreads = 20,
  kStartTicks = 22,
  kVirtualBytes = 23,
  kResidentPages = 24
};

std::string FileText(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

double NumberOf(absl::string_view text) {
  double value = 0;
  return absl::SimpleAtod(text, &value) ? value : 0;
}

// The program's name, field 2, is in parentheses and may hold anything.
double Stat(StatField field) {
  const std::string text = FileText("/proc/self/stat");
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return 0;
  const std::vector<absl::string_view> rest =
      absl::StrSplit(absl::string_view(text).substr(name_end + 1), ' ', absl::SkipWhitespace());
  const size_t at = static_cast<size_t>(field) - 3;
  return at < rest.size() ? NumberOf(rest[at]) : 0;
}

double Ticks(double ticks) { return ticks / static_cast<double>(sysconf(_SC_CLK_TCK)); }

double BootTime() {
  for (const absl::string_view line : absl::StrSplit(FileText("/proc/stat"), '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(' ', 1));
    if (parts.first == "btime") return NumberOf(parts.second);
  }
  return 0;
}

double OpenFiles() {
  std::error_code failure;
  double count = 0;
  for (std::filesystem::directory_iterator file("/proc/self/fd", failure), end;
       !failure && file != end; file.increment(failure)) {
    ++count;
  }
  return count > 0 ? count - 1 : 0;  // one is that of the folder itself
}

double MostFiles() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

}  // namespace

void AddProcessMetrics(Registry& registry) {
  const double start = BootTime() + Ticks(Stat(kStartTicks));
  const double page = static_cast<double>(sysconf(_SC_PAGESIZE));
  registry.AddCallbackGauge("process_start_time_seconds", "When the process began, since 1970.",
                            [start] { return start; });
  registry.AddCallbackCounter("process_cpu_seconds_total", "User and system time spent.",
                              [] { return Ticks(Stat(kUserTicks) + Stat(kSystemTicks)); });
  registry.AddCallbackGauge("process_resident_memory_bytes", "Memory held in RAM.",
                            [page] { return page * Stat(kResidentPages); });
  registry.AddCallbackGauge("process_virtual_memory_bytes", "Address space.",
                            [] { return Stat(kVirtualBytes); });
  registry.AddCallbackGauge("process_open_fds", "Open file descriptors.", OpenFiles);
  registry.AddCallbackGauge("process_max_fds", "How many file descriptors may be open.", MostFiles);
  registry.AddCallbackGauge("process_threads", "Threads.", [] { return Stat(kThreads); });
}

}  // namespace crm::metrics
