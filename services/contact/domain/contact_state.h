#pragma once

#include <cstdint>

#include "common/base/enum_names.h"

namespace crm::contact {

// How far a contact has come. Ordered; derived from its leads and opportunities, never set by hand.
// Numbered as v1.LifecycleStage.
enum class LifecycleStage { kContact = 1, kLead = 2, kOpportunity = 3, kCustomer = 4 };

inline constexpr base::EnumName<LifecycleStage> kLifecycleStageNames[] = {
    {LifecycleStage::kContact, "CONTACT"},
    {LifecycleStage::kLead, "LEAD"},
    {LifecycleStage::kOpportunity, "OPPORTUNITY"},
    {LifecycleStage::kCustomer, "CUSTOMER"},
};

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
