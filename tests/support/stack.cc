#include "tests/support/stack.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/leaks.h"
#include "tests/support/server_folder.h"

namespace crm::testing {
namespace {

// $1 the repository, $2 the stack's folder. Waits until the test closes its end of the pipe. An up
// that is still at work is ended with its group by then, or waited for by down.
constexpr char kStackWatchdog[] =
    "cat >/dev/null; \"$1/deploy/local/down\" --dir \"$2\" --remove; rm -rf \"$2\"";

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) Abort(absl::StrCat(name, " is not set; run the test by ctest"));
  return value;
}

std::string FileText(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string ValueIn(const std::string& folder, const std::string& variable) {
  for (const absl::string_view line : absl::StrSplit(FileText(folder + "/stack.env"), '\n')) {
    absl::string_view value = line;
    if (absl::ConsumePrefix(&value, absl::StrCat(variable, "="))) {
      if (absl::ConsumePrefix(&value, "'")) absl::ConsumeSuffix(&value, "'");
      return std::string(value);
    }
  }
  Abort(variable + " is not in stack.env");
}

}  // namespace

// All that Redis was ever told stands in its append-only file as it is.
void KeepToldByStack(const std::string& folder) {
  LookThrough(ValueIn(folder, "CRM_DATABASE_URL"));
  for (const char* log : {"contact", "lead", "opportunity", "redis", "postgres"}) {
    KeepTold(absl::StrCat("log of ", log), FileText(absl::StrCat(folder, "/logs/", log, ".log")));
  }
  std::error_code none;
  for (const auto& file :
       std::filesystem::directory_iterator(folder + "/redis/appendonlydir", none)) {
    KeepTold("Redis", FileText(file.path().string()));
  }
  for (const char* service : {"CONTACT", "LEAD", "OPPORTUNITY"}) {
    const std::string url = ValueIn(folder, absl::StrCat("CRM_", service, "_METRICS_URL"));
    KeepTold(absl::StrCat("metrics of ", service),
             RunScript(absl::StrCat("curl -sS --max-time 10 ", url)).output);
  }
}

std::string SourceFolder() { return Variable("CRM_SOURCE_DIR"); }
std::string BuildFolder() { return Variable("CRM_BINARY_DIR"); }

std::string ReadmeBlock(const std::string& name) {
  const std::string text = FileText(SourceFolder() + "/README.md");
  const size_t mark = text.find(absl::StrCat("<!-- test: ", name, " -->"));
  const size_t start = mark == std::string::npos ? mark : text.find("```bash\n", mark);
  const size_t end = start == std::string::npos ? start : text.find("\n```", start);
  if (end == std::string::npos) Abort("README.md has no block " + name);
  return text.substr(start + 8, end - start - 8);
}

Stack::Stack(StackOptions options) : options_(options) {
  std::string pattern = "/tmp/crm-stack-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) Abort("cannot make a folder " + pattern);
  folder_ = pattern;
  chmod(folder_.c_str(), 0755);
  StartWatchdog();
  Start();
}

Stack::~Stack() {
  KeepToldByStack(folder_);
  close(lifeline_);
  WaitForProcess(watchdog_);
}

void Stack::StartWatchdog() {
  const std::string source = SourceFolder();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) Abort("no pipe for the watchdog");
  watchdog_ = fork();
  if (watchdog_ < 0) Abort("cannot fork the watchdog");
  if (watchdog_ == 0) {
    setsid();
    const int null = open("/dev/null", O_WRONLY);
    dup2(ends[0], 0);
    dup2(null, 1);
    dup2(null, 2);
    execl("/bin/sh", "sh", "-c", kStackWatchdog, "watchdog", source.c_str(), folder_.c_str(),
          nullptr);
    _exit(127);
  }
  close(ends[0]);
  lifeline_ = ends[1];
}

void Stack::Start() {
  const Outcome up =
      RunScript(absl::StrCat("CRM_PARTITIONS=", options_.partitions, " deploy/local/up ",
                             options_.secure ? "--secure " : "", "--dir ", folder_, " --build-dir ",
                             Quoted(BuildFolder())));
  if (up.code != 0) Abort("the stack does not start:\n" + up.output);
}

std::string Stack::Value(const std::string& variable) const { return ValueIn(folder_, variable); }

std::string Stack::Log(const std::string& name) const {
  return FileText(absl::StrCat(folder_, "/logs/", name, ".log"));
}

pid_t Stack::Pid(const std::string& name) const {
  const pid_t pid = std::atoi(FileText(absl::StrCat(folder_, "/pids/", name)).c_str());
  const std::string stat = FileText(absl::StrCat("/proc/", pid, "/stat"));
  if (pid <= 0 || stat.empty() || stat.find(") Z ") != std::string::npos) return 0;
  return pid;
}

void Stack::Kill(const std::string& name, int signal) {
  const pid_t pid = Pid(name);
  if (pid == 0) return;
  kill(pid, signal);
  if (signal == SIGSTOP || signal == SIGCONT) return;
  if (!Await(absl::Seconds(30), [&] { return Pid(name) == 0; })) {
    Abort(absl::StrCat(name, " does not end"));
  }
}

}  // namespace crm::testing
