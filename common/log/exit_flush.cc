#include "common/log/exit_flush.h"

#include <signal.h>
#include <time.h>

#include <array>
#include <cstdlib>

namespace crm::log {
namespace {

constexpr std::array kFatal = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

const LineQueue* waited_for = nullptr;
std::array<struct sigaction, kFatal.size()> former;

// Does only what a signal handler may: the queue's own thread does the rest.
void Wait() {
  constexpr timespec kStep = {0, 5'000'000};
  for (int steps = 0; steps < 100 && !waited_for->Idle(); ++steps) nanosleep(&kStep, nullptr);
}

void HandleFatal(int number, siginfo_t* cause, void*) {
  Wait();
  for (size_t i = 0; i < kFatal.size(); ++i) {
    if (kFatal[i] == number) sigaction(number, &former[i], nullptr);
  }
  // What was not sent but happened, happens again as soon as this returns.
  if (cause->si_code <= 0) raise(number);
}

}  // namespace

void FlushAtExit(const LineQueue* queue) {
  waited_for = queue;
  std::atexit(Wait);
  struct sigaction action = {};
  action.sa_sigaction = HandleFatal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (size_t i = 0; i < kFatal.size(); ++i) sigaction(kFatal[i], &action, &former[i]);
}

}  // namespace crm::log
