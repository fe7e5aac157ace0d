#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "common/base/money.h"
#include "common/base/uuid.h"

namespace crm::lead {

// STARTED: the lead is CONVERTING, all ids are fixed. COMPLETED: the lead is CONVERTED.
// COMPENSATED: the opportunity was refused for good, the lead is QUALIFIED again. NEEDS_ATTENTION:
// STARTED, and nobody tries again before somebody says so; a lead's own conversion is never in it,
// only the record of conversions tells.
enum class ConversionState {
  kUnspecified,
  kStarted,
  kCompleted = 3,
  kCompensated,
  kNeedsAttention
};

inline constexpr base::EnumName<ConversionState> kConversionStateNames[] = {
    {ConversionState::kUnspecified, "UNSPECIFIED"},
    {ConversionState::kStarted, "STARTED"},
    {ConversionState::kCompleted, "COMPLETED"},
    {ConversionState::kCompensated, "COMPENSATED"},
    {ConversionState::kNeedsAttention, "NEEDS_ATTENTION"}};

// An organization in which the lead's contact works from its conversion on.
struct PlannedEmployer {
  // One that is there; nothing: the one with the domain, or else one is made.
  std::optional<base::Uuid> organization;
  std::string display_name;  // of one to be made
  std::string domain;        // empty: one is made in any case

  friend bool operator==(const PlannedEmployer&, const PlannedEmployer&) = default;
};

// What the caller wants of the opportunity. Kept with the conversion, so that every attempt asks
// for the same thing.
struct ConversionPlan {
  // One that is there, to attach the lead to; nothing: one is to be made. Then there is neither a
  // display name nor a pipeline.
  std::optional<base::Uuid> opportunity;
  // When attaching: the organization that the contact belonged to, or that the lead named.
  std::optional<base::Uuid> organization;
  std::optional<PlannedEmployer> employer;
  std::string display_name;
  std::optional<base::Money> amount;
  std::optional<absl::CivilDay> expected_close_date;
  std::string owner;     // empty: the lead's
  std::string pipeline;  // resource name; empty: the default one
  std::string override_reason;

  friend bool operator==(const ConversionPlan&, const ConversionPlan&) = default;
};

// One attempt to turn a lead into an opportunity, fixed when it starts and completed by its caller,
// a retry of the call, or the completer.
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

// How long after a conversion begins, or is taken because it is due, no completer takes it.
inline constexpr absl::Duration kConversionLease = absl::Seconds(20);

// How long a conversion may meet nothing but faults before it needs attention.
inline constexpr absl::Duration kMostFaultTime = absl::Minutes(15);

// The ids follow from the caller's request id and tenant alone, so that every retry, at any time,
// names the same conversion, the same opportunity and the same request to the opportunity service.
base::Uuid ConversionIdOf(absl::string_view tenant, const base::Uuid& request_id);
base::Uuid OpportunityIdOf(const base::Uuid& conversion);
base::Uuid OpportunityRequestIdOf(const base::Uuid& conversion);
// The same of the organization that it makes, and of its requests to the contact service.
base::Uuid OrganizationIdOf(const base::Uuid& conversion);
base::Uuid OrganizationRequestIdOf(const base::Uuid& conversion);
base::Uuid EmploymentRequestIdOf(const base::Uuid& conversion);

// The opportunity that a conversion with this plan ends with: the one to attach to, or a new one.
base::Uuid OpportunityIdOf(const base::Uuid& conversion, const ConversionPlan& plan);

// "conversions/{uuid}": callers know a conversion by the request id that began it.
inline constexpr absl::string_view kConversions = "conversions";
std::string ConversionResource(const base::Uuid& request_id);

// INVALID_ARGUMENT REQUEST_ID_REUSED: the request id has been used for another request. Metadata:
// requestId.
absl::Status RequestIdReused(const base::Uuid& request_id);

}  // namespace crm::lead
