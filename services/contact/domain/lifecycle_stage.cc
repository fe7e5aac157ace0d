#include "services/contact/domain/lifecycle_stage.h"

#include <array>

namespace crm::contact {
namespace {

constexpr std::array<absl::string_view, 4> kNames = {"CONTACT", "LEAD", "OPPORTUNITY", "CUSTOMER"};

}  // namespace

absl::string_view StageName(LifecycleStage stage) { return kNames[static_cast<size_t>(stage)]; }

std::optional<LifecycleStage> ParseStage(absl::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<LifecycleStage>(i);
  }
  return std::nullopt;
}

LifecycleStage StageOf(bool customer, const LiveThings& live) {
  if (customer) return LifecycleStage::kCustomer;
  if (live.opportunities > 0) return LifecycleStage::kOpportunity;
  if (live.leads > 0) return LifecycleStage::kLead;
  return LifecycleStage::kContact;
}

}  // namespace crm::contact
