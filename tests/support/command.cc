#include "tests/support/command.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/support/leaks.h"
#include "tests/support/server_folder.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

// Kills the group $1 and removes the file $2 when the test closes its end of the pipe.
constexpr char kWatchdog[] = "cat >/dev/null; kill -s KILL -- \"-$1\" 2>/dev/null; rm -f \"$2\"";

std::string NewFile() {
  std::string pattern = "/tmp/crm-command-XXXXXX";
  const int fd = mkstemp(pattern.data());
  if (fd < 0) Abort("cannot make " + pattern);
  close(fd);
  return pattern;
}

void Redirect(const std::string& output) {
  const int in = open("/dev/null", O_RDONLY);
  const int out = open(output.c_str(), O_WRONLY | O_APPEND);
  dup2(in, 0);
  dup2(out, 1);
  dup2(out, 2);
}

}  // namespace

std::string Quoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

Command::Command(const std::string& script) : output_file_(NewFile()) {
  const std::string folder = SourceFolder();
  pid_ = fork();
  if (pid_ < 0) Abort("cannot fork");
  if (pid_ == 0) {
    setpgid(0, 0);
    Redirect(output_file_);
    if (chdir(folder.c_str()) != 0) _exit(126);
    execl("/bin/bash", "bash", "-c", script.c_str(), nullptr);
    _exit(127);
  }
  setpgid(pid_, pid_);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) Abort("no pipe for the watchdog");
  const std::string group = absl::StrCat(pid_);
  watchdog_ = fork();
  if (watchdog_ == 0) {
    setsid();
    dup2(ends[0], 0);
    execl("/bin/sh", "sh", "-c", kWatchdog, "watchdog", group.c_str(), output_file_.c_str(),
          nullptr);
    _exit(127);
  }
  close(ends[0]);
  lifeline_ = ends[1];
}

Command::~Command() {
  KeepTold("errors of calls", ErrorsIn(Output()));
  close(lifeline_);
  WaitForProcess(watchdog_);
  if (status_ < 0) WaitForProcess(pid_);
}

bool Command::Running() {
  if (status_ >= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == 0) return true;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

Outcome Command::Wait() {
  if (status_ < 0) status_ = WaitForProcess(pid_);
  return {status_, Output()};
}

std::string Command::Output() const {
  std::ifstream file(output_file_);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void Command::Signal(int signal) { kill(-pid_, signal); }

Outcome RunScript(const std::string& script) { return Command(script).Wait(); }

}  // namespace crm::testing
