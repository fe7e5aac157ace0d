#include "common/metrics/exposition.h"

#include <absl/strings/str_cat.h>
#include <prometheus/exposer.h>
#include <prometheus/registry.h>

#include <exception>
#include <utility>

namespace crm::metrics {

absl::StatusOr<std::unique_ptr<Exposition>> Exposition::Start(const Registry& registry,
                                                              const std::string& address) {
  try {
    auto exposer = std::make_unique<prometheus::Exposer>(address, 1);
    for (const auto& collectable : registry.Collectables()) {
      exposer->RegisterCollectable(collectable);
    }
    return std::unique_ptr<Exposition>(new Exposition(std::move(exposer)));
  } catch (const std::exception& failure) {
    return absl::UnavailableError(
        absl::StrCat("cannot serve metrics on ", address, ": ", failure.what()));
  }
}

Exposition::Exposition(std::unique_ptr<prometheus::Exposer> exposer)
    : exposer_(std::move(exposer)) {}

Exposition::~Exposition() = default;

int Exposition::Port() const { return exposer_->GetListeningPorts().front(); }

}  // namespace crm::metrics
