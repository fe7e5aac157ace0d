#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/uuid.h"
#include "services/lead/domain/activity.h"
#include "services/lead/domain/assessment.h"
#include "services/lead/domain/conversion.h"
#include "services/lead/domain/lead_state.h"
#include "services/lead/domain/verdict.h"

namespace crm::lead {

enum class LeadSource {
  kUnspecified,
  kWeb,
  kReferral,
  kEvent,
  kAdvert,
  kOutbound,
  kPartner,
  kImport,
  kOther
};

template <>
struct EnumNames<LeadSource> {
  static constexpr absl::string_view kNames[] = {"UNSPECIFIED", "WEB",    "REFERRAL",
                                                 "EVENT",       "ADVERT", "OUTBOUND",
                                                 "PARTNER",     "IMPORT", "OTHER"};
};

// The part that the contact plays in buying.
enum class BuyingRole {
  kUnspecified,
  kBuyer,
  kDecisionMaker,
  kAdviser,
  kInfluencer,
  kEmployee,
  kBlocker
};

template <>
struct EnumNames<BuyingRole> {
  static constexpr absl::string_view kNames[] = {
      "UNSPECIFIED", "BUYER", "DECISION_MAKER", "ADVISER", "INFLUENCER", "EMPLOYEE", "BLOCKER"};
};

enum class DisqualifyReason {
  kUnspecified,
  kNoNeed,
  kCannotAfford,
  kNoMarketPresence,
  kNoTimeframe,
  kNoAuthorityFound,
  kUnreachable,
  kDuplicate,
  kCompetitorChosen,
  kOther
};

template <>
struct EnumNames<DisqualifyReason> {
  static constexpr absl::string_view kNames[] = {
      "UNSPECIFIED",        "NO_NEED",     "CANNOT_AFFORD", "NO_MARKET_PRESENCE", "NO_TIMEFRAME",
      "NO_AUTHORITY_FOUND", "UNREACHABLE", "DUPLICATE",     "COMPETITOR_CHOSEN",  "OTHER"};
};

// Who moves a lead, and when. All of it is given, so that a rule may run again with the same
// result.
struct Occasion {
  absl::Time now;                       // becomes the recorded time; whole microseconds
  std::optional<absl::Time> effective;  // when it happened; default: now
  base::Uuid event_id;                  // of the stage event, if the rule makes one
  std::string actor;
  std::string request_id;  // empty if there is none
  std::string traceparent;
};

// One move, to be written to the history and published.
struct StageChange {
  base::Uuid event_id;
  int64_t version = 0;
  std::optional<LeadState> from;  // nothing on the first
  LeadState to = LeadState::kUnspecified;
  absl::Time effective;
  absl::Time recorded;
  std::optional<absl::Duration> time_in_previous;
  std::string actor;
  std::string reason;  // a code
  std::string note;    // free text, never published
  bool overridden = false;
  std::vector<std::string> overridden_gates;
  std::string owner;
  std::string opportunity;  // resource name
  std::string request_id;
  std::string traceparent;

  friend bool operator==(const StageChange&, const StageChange&) = default;
};

enum class ConversionWrite { kNone, kInsert, kUpdate };

// What a rule made, to be written along with the lead. Empty in a freshly loaded lead.
struct Collected {
  std::vector<StageChange> stages;
  std::vector<Activity> activities;
  std::vector<Assessment> assessments;
  ConversionWrite conversion = ConversionWrite::kNone;
  bool verdict = false;  // there is a new one
  bool edited = false;   // by Edit

  friend bool operator==(const Collected&, const Collected&) = default;
};

// A contact that may become a sale. Changed by the rules below alone: what they note in `collected`
// decides what is written.
struct Lead {
  std::string tenant;
  base::Uuid id;
  int64_t revision = 0;
  absl::Time create_time;
  absl::Time update_time;

  base::Uuid contact;
  LeadState state = LeadState::kUnspecified;
  int64_t stage_version = 0;    // number of moves so far
  absl::Time state_enter_time;  // effective time of the latest move

  std::string owner;
  LeadSource source = LeadSource::kUnspecified;
  std::string source_detail;
  std::vector<std::string> interests;
  BuyingRole buying_role = BuyingRole::kUnspecified;
  std::string external_id;  // unique per tenant unless empty

  std::vector<Assessment> assessments;  // the current ones, in order of criterion
  std::optional<Verdict> verdict;       // when last qualified or disqualified
  DisqualifyReason disqualify_reason = DisqualifyReason::kUnspecified;
  std::string disqualify_note;
  bool qualification_overridden = false;
  std::string override_reason;
  ActivityCounts activities;
  std::optional<Conversion> conversion;  // the latest

  Collected collected;

  friend bool operator==(const Lead&, const Lead&) = default;
};

// "leads/{uuid}" and "opportunities/{uuid}".
std::string LeadName(const base::Uuid& id);
std::string OpportunityName(const base::Uuid& id);

// What the lead became, or is becoming; empty before.
std::string OpportunityOf(const Lead& lead);

// The rules. Each changes the lead, or says why not and leaves it in an unspecified state that must
// not be stored. Errors common to the moving ones:
//   FAILED_PRECONDITION STATE_INVALID           metadata resource, state, allowedStates
//   INVALID_ARGUMENT    EFFECTIVE_TIME_INVALID  later than now, or before the previous move;
//                                               metadata earliest, latest

// A lead whose own fields are filled in enters NEW.
absl::Status Open(Lead& lead, const Occasion& occasion);

// Records an activity; a NEW lead enters WORKING at the later of the activity's time and its
// previous move. Refused while CONVERTING. FIELD_INVALID if the activity lies in the future;
// `field` is the path of the activity in the request.
absl::Status LogActivity(Lead& lead, const Activity& activity, const Occasion& occasion,
                         absl::string_view field);

// Records an assessment in NEW, WORKING or QUALIFIED. NEW enters WORKING; QUALIFIED falls back to
// WORKING when the verdict as of now is no longer QUALIFIED, unless qualified by override.
absl::Status Assess(Lead& lead, const Assessment& assessment, const QualificationPolicy& policy,
                    const Occasion& occasion);

// WORKING → QUALIFIED if the verdict as of the effective time is QUALIFIED, or with an override
// reason. Stores the verdict. FAILED_PRECONDITION QUALIFICATION_UNMET otherwise.
absl::Status Qualify(Lead& lead, const QualificationPolicy& policy,
                     const std::string& override_reason, const Occasion& occasion);

// → DISQUALIFIED, storing the verdict as of the effective time. OTHER needs a note.
absl::Status Disqualify(Lead& lead, DisqualifyReason reason, const std::string& note,
                        const QualificationPolicy& policy, const Occasion& occasion);

// DISQUALIFIED → WORKING.
absl::Status Reopen(Lead& lead, const std::string& reason, const Occasion& occasion);

// Lets `set` change what a user may edit, and nothing else: owner, source, source_detail,
// interests, buying_role, external_id. Refused while CONVERTING, when nothing but its conversion
// may write to the lead.
absl::Status Edit(Lead& lead, absl::FunctionRef<void(Lead&)> set);

// QUALIFIED → CONVERTING with all ids fixed. Changes nothing when this very conversion has already
// begun or ended well. `etag` is only looked at when it begins. Errors: REQUEST_ID_REUSED (same
// request id, other hash), CONVERSION_REFUSED (it ended badly), ABORTED ETAG_MISMATCH, GATES_UNMET
// (no two-way activity and no override).
absl::Status StartConversion(Lead& lead, const Conversion& conversion, absl::string_view etag,
                             const Occasion& occasion);

// CONVERTING → CONVERTED at the conversion's effective time; nothing if that has happened. The
// occasion's effective time is not looked at. CONVERSION_REFUSED if it was abandoned.
absl::Status FinishConversion(Lead& lead, const base::Uuid& conversion, const Occasion& occasion);

// CONVERTING → QUALIFIED, for good, because of `cause` (a reason code); nothing if that has
// happened.
absl::Status AbandonConversion(Lead& lead, const base::Uuid& conversion, absl::string_view cause,
                               const Occasion& occasion);

// FAILED_PRECONDITION CONVERSION_REFUSED. Metadata: service, cause.
absl::Status ConversionRefused(absl::string_view cause);

}  // namespace crm::lead
