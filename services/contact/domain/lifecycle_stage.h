#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace crm::contact {

// How far a contact has come. Ordered; derived from its leads and opportunities, never set by hand.
enum class LifecycleStage { kContact, kLead, kOpportunity, kCustomer };

// "CONTACT", "LEAD", "OPPORTUNITY", "CUSTOMER".
absl::string_view StageName(LifecycleStage stage);
std::optional<LifecycleStage> ParseStage(absl::string_view name);

// How many leads and opportunities of a contact are live.
struct LiveThings {
  int64_t leads = 0;
  int64_t opportunities = 0;

  bool operator==(const LiveThings&) const = default;
};

// The stage that follows from what is live. A customer stays a customer; else the furthest live
// thing counts; without any it is CONTACT again.
LifecycleStage StageOf(bool customer, const LiveThings& live);

}  // namespace crm::contact
