#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

extern char** environ;  // NOLINT: POSIX

namespace crm::event::testing {

// Of the environment; empty if it is not there.
inline std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Runs a disabled test of this program in a process of its own, with further variables
// ("NAME=value"), until that ends; whether SIGKILL ended it.
inline bool IsKilled(const std::string& test, const std::vector<std::string>& variables) {
  std::vector<char*> environment;
  for (const std::string& it : variables) environment.push_back(const_cast<char*>(it.c_str()));
  for (char** it = environ; *it != nullptr; ++it) {
    if (!absl::StartsWith(*it, "GTEST_")) environment.push_back(*it);
  }
  environment.push_back(nullptr);
  std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  std::string filter = absl::StrCat("--gtest_filter=", test);
  std::string also = "--gtest_also_run_disabled_tests";
  char* const arguments[] = {program.data(), filter.data(), also.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int failed =
      posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments, environment.data());
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (failed != 0 || waitpid(pid, &status, 0) != pid) return false;
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

}  // namespace crm::event::testing
