#include "tests/support/server_folder.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace crm::testing {
namespace {

// $1 folder, $2 pid file. Reads until the parent's end of the pipe closes.
constexpr char kServerWatchdog[] = R"sh(
cat >/dev/null
pid=$(head -n 1 "$1/$2" 2>/dev/null)
if [ -n "$pid" ]; then
  kill -CONT "$pid" $(cat "/proc/$pid/task/$pid/children") 2>/dev/null
  kill -QUIT "$pid" 2>/dev/null
  turns=0
  while kill -0 "$pid" 2>/dev/null && [ "$(cut -d' ' -f3 /proc/$pid/stat 2>/dev/null)" != Z ]; do
    turns=$((turns + 1))
    [ $turns -gt 250 ] && kill -KILL "$pid" 2>/dev/null && break
    sleep 0.02
  done
fi
rm -rf "$1" || { sleep 0.2; rm -rf "$1"; }
)sh";

const struct passwd* ServerUser() {
  if (geteuid() != 0) return nullptr;
  const struct passwd* user = getpwnam("postgres");
  if (user == nullptr) user = getpwnam("nobody");
  if (user == nullptr) Abort("neither a user postgres nor nobody exists");
  return user;
}

}  // namespace

void Abort(const std::string& message) {
  std::fprintf(stderr, "test support: %s\n", message.c_str());
  std::fflush(stderr);
  std::abort();
}

ServerFolder::ServerFolder(const std::string& kind, const std::string& pid_file) {
  std::string pattern = "/tmp/crm-" + kind + "-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) Abort("cannot make a folder " + pattern);
  path_ = pattern;
  if (const struct passwd* user = ServerUser()) {
    if (chown(path_.c_str(), user->pw_uid, user->pw_gid) != 0) Abort("cannot chown " + path_);
  }
  StartWatchdog(pid_file);
}

void ServerFolder::StartWatchdog(const std::string& pid_file) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) Abort("no pipe for the watchdog");
  watchdog_ = fork();
  if (watchdog_ < 0) Abort("cannot fork the watchdog");
  if (watchdog_ == 0) {
    setsid();  // a Ctrl-C for the test must not end it
    const int null = open("/dev/null", O_WRONLY);
    dup2(ends[0], 0);
    dup2(null, 1);
    dup2(null, 2);
    execl("/bin/sh", "sh", "-c", kServerWatchdog, "watchdog", path_.c_str(), pid_file.c_str(),
          nullptr);
    _exit(127);
  }
  close(ends[0]);
  lifeline_ = ends[1];
}

ServerFolder::~ServerFolder() {
  close(lifeline_);
  WaitForProcess(watchdog_);
}

pid_t StartProcess(const std::vector<std::string>& command, const std::string& log) {
  const struct passwd* user = ServerUser();
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) Abort("cannot fork " + command[0]);
  if (pid > 0) return pid;
  setsid();
  const int in = open("/dev/null", O_RDONLY);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  dup2(in, 0);
  dup2(out, 1);
  dup2(out, 2);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (user != nullptr && (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 ||
                          setuid(user->pw_uid) != 0 || chdir("/") != 0)) {
    _exit(126);
  }
  execvp(arguments[0], arguments.data());
  _exit(127);
}

int WaitForProcess(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The state follows the program's name, which is in parentheses and may hold anything.
bool IsRunning(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos || name_end + 2 >= text.size()) return false;
  const char state = text[name_end + 2];
  return state != 'Z' && state != 'X';
}

int BoundSocket(int* port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    Abort("no free port");
  }
  *port = ntohs(address.sin_port);
  return fd;
}

int FreePort() {
  int port = 0;
  close(BoundSocket(&port));
  return port;
}

}  // namespace crm::testing
