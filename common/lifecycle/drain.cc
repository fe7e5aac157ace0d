#include "common/lifecycle/drain.h"

#include <absl/time/clock.h>

#include <exception>

#include "common/log/log.h"

namespace crm::lifecycle {

void Drain::Add(std::string name, std::function<void()> step) {
  steps_.emplace_back(std::move(name), std::move(step));
}

void Drain::Run() {
  for (auto& [name, step] : std::exchange(steps_, {})) {
    const absl::Time start = absl::Now();
    try {
      step();
      log::Info("drained", {{"step", name}, {"seconds", absl::Now() - start}});
    } catch (const std::exception& failure) {
      log::Error("drain step failed", {{"step", name}, {"error", failure.what()}});
    }
  }
}

}  // namespace crm::lifecycle
