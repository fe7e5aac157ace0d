#include "tests/bench/machine.h"

#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <dirent.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "tests/support/command.h"

namespace crm::bench {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The fields of /proc/PID/stat after the program's name, so that [0] is the state.
std::vector<std::string> StatFields(const std::string& pid) {
  const std::string text = ReadFile("/proc/" + pid + "/stat");
  const size_t end = text.rfind(')');
  if (end == std::string::npos) return {};
  return absl::StrSplit(text.substr(end + 2), ' ');
}

double Ticks(const std::vector<std::string>& fields, size_t from, size_t count) {
  double sum = 0;
  for (size_t i = from; i < from + count && i < fields.size(); ++i) {
    double ticks = 0;
    if (absl::SimpleAtod(fields[i], &ticks)) sum += ticks;
  }
  return sum / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// utime and stime; with `reaped` also those of children that were waited for.
double Cpu(const std::vector<std::string>& fields, bool reaped) {
  return Ticks(fields, 11, reaped ? 4 : 2);
}

double Usage(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double ChildrenNow(pid_t parent) {
  DIR* const folder = opendir("/proc");
  if (folder == nullptr) return 0;
  double sum = 0;
  while (const dirent* const entry = readdir(folder)) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    const std::vector<std::string> fields = StatFields(entry->d_name);
    if (fields.size() > 1 && fields[1] == absl::StrCat(parent)) sum += Cpu(fields, false);
  }
  closedir(folder);
  return sum;
}

}  // namespace

double CpuSeconds(pid_t pid, bool with_children) {
  const std::vector<std::string> fields = StatFields(absl::StrCat(pid));
  return Cpu(fields, with_children) + (with_children ? ChildrenNow(pid) : 0);
}

double OwnCpuSeconds() { return Usage(RUSAGE_SELF); }
double ChildrenCpuSeconds() { return Usage(RUSAGE_CHILDREN); }

double ResidentMib(pid_t pid) {
  const std::vector<std::string> pages =
      absl::StrSplit(ReadFile(absl::StrCat("/proc/", pid, "/statm")), ' ');
  double resident = 0;
  if (pages.size() < 2 || !absl::SimpleAtod(pages[1], &resident)) return 0;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

double Metric(const std::string& url, const std::string& name,
              const std::vector<std::string>& labels) {
  double sum = 0;
  for (absl::string_view line :
       absl::StrSplit(testing::RunScript("curl -s --max-time 5 " + url).output, '\n')) {
    absl::string_view rest = line;
    if (!absl::ConsumePrefix(&rest, name) || rest.empty()) continue;
    if (rest[0] != '{' && rest[0] != ' ') continue;
    const auto has = [rest](const std::string& label) { return absl::StrContains(rest, label); };
    if (!std::all_of(labels.begin(), labels.end(), has)) continue;
    double value = 0;
    if (absl::SimpleAtod(rest.substr(rest.rfind(' ') + 1), &value)) sum += value;
  }
  return sum;
}

std::string MachineText() {
  std::string model = "unknown processor";
  for (absl::string_view line : absl::StrSplit(ReadFile("/proc/cpuinfo"), '\n')) {
    if (absl::StartsWith(line, "model name")) {
      model = std::string(line.substr(line.find(':') + 2));
      break;
    }
  }
  utsname system{};
  uname(&system);
  const double gib = static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                     static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 30);
  return absl::StrFormat("%s, %d cores, %.0f GiB, Linux %s", model,
                         static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)), gib, system.release);
}

CpuMeter::CpuMeter(std::vector<Watched> watched) : watched_(std::move(watched)), before_(Read()) {}

std::map<std::string, double> CpuMeter::Read() const {
  std::map<std::string, double> now{{"client", OwnCpuSeconds()}, {"pgbench", ChildrenCpuSeconds()}};
  for (const Watched& one : watched_) now[one.name] = CpuSeconds(one.pid, one.with_children);
  return now;
}

std::map<std::string, double> CpuMeter::Stop() {
  std::map<std::string, double> now = Read();
  for (auto& [name, seconds] : now) seconds -= before_.at(name);
  return now;
}

}  // namespace crm::bench
