#include "common/lifecycle/shutdown_signal.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>

namespace crm::lifecycle {
namespace {

constexpr int kEndAtOnce = 130;

sigset_t Signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

void EndBySignal(int number) { _exit(128 + number); }

}  // namespace

ShutdownSignal::ShutdownSignal() {
  signal(SIGPIPE, SIG_IGN);
  const sigset_t signals = Signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  watcher_ = std::thread([this] { Watch(); });
}

ShutdownSignal::~ShutdownSignal() {
  {
    absl::MutexLock lock(&mutex_);
    ending_ = true;
  }
  pthread_kill(watcher_.native_handle(), SIGTERM);
  watcher_.join();
}

void ShutdownSignal::Watch() {
  const sigset_t signals = Signals();
  for (bool seen = false;; seen = true) {
    int number = 0;
    if (sigwait(&signals, &number) != 0) continue;
    {
      absl::MutexLock lock(&mutex_);
      if (ending_) return;
    }
    if (seen) std::_Exit(kEndAtOnce);
    Trigger(number == SIGINT ? "SIGINT" : "SIGTERM");
  }
}

void ShutdownSignal::Trigger(absl::string_view cause) {
  absl::MutexLock lock(&mutex_);
  if (triggered_) return;
  cause_ = std::string(cause);
  triggered_ = true;
  changed_.SignalAll();
}

std::string ShutdownSignal::Wait() {
  absl::MutexLock lock(&mutex_);
  while (!triggered_) changed_.Wait(mutex_);
  return cause_;
}

bool ShutdownSignal::WaitFor(absl::Duration limit) {
  absl::MutexLock lock(&mutex_);
  return changed_.AwaitUntil(mutex_, base::SteadyNow() + limit,
                             [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return triggered_; });
}

bool ShutdownSignal::Triggered() const {
  absl::MutexLock lock(&mutex_);
  return triggered_;
}

void EndAtOnceOnSignal() {
  for (const int number : {SIGTERM, SIGINT}) signal(number, EndBySignal);
}

}  // namespace crm::lifecycle
