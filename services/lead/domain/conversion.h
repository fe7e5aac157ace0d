#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "services/lead/domain/enum_names.h"

namespace crm::lead {

// STARTED: the lead is CONVERTING, all ids are fixed. COMPLETED: the lead is CONVERTED.
// COMPENSATED: the opportunity was refused for good, the lead is QUALIFIED again.
enum class ConversionState { kUnspecified, kStarted, kOpportunityDone, kCompleted, kCompensated };

template <>
struct EnumNames<ConversionState> {
  static constexpr absl::string_view kNames[] = {"UNSPECIFIED", "STARTED", "OPPORTUNITY_DONE",
                                                 "COMPLETED", "COMPENSATED"};
};

// What the caller wants of the opportunity. Kept with the conversion, so that every attempt asks
// for the same thing.
struct ConversionPlan {
  std::string display_name;
  std::optional<base::Money> amount;
  std::optional<absl::CivilDay> expected_close_date;
  std::string owner;     // empty: the lead's
  std::string pipeline;  // resource name; empty: the default one
  std::string override_reason;

  friend bool operator==(const ConversionPlan&, const ConversionPlan&) = default;
};

// One attempt to turn a lead into an opportunity, fixed when it starts and carried through by
// whoever comes by: the caller, a retry, or the completer.
struct Conversion {
  base::Uuid id;
  base::Uuid request_id;
  std::string request_hash;  // 16 bytes
  ConversionState state = ConversionState::kUnspecified;
  base::Uuid opportunity;
  ConversionPlan plan;
  absl::Time effective_time;
  std::string actor;
  std::string traceparent;
  std::string refusal;  // the reason of the refusal, when COMPENSATED

  friend bool operator==(const Conversion&, const Conversion&) = default;
};

// The ids follow from the caller's request id and tenant alone, so that every retry, at any time,
// names the same conversion, the same opportunity and the same request to the opportunity service.
base::Uuid ConversionIdOf(absl::string_view tenant, const base::Uuid& request_id);
base::Uuid OpportunityIdOf(const base::Uuid& conversion);
base::Uuid OpportunityRequestIdOf(const base::Uuid& conversion);

}  // namespace crm::lead
