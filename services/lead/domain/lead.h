#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "common/base/lead_source.h"
#include "common/base/uuid.h"
#include "services/lead/domain/activity.h"
#include "services/lead/domain/assessment.h"
#include "services/lead/domain/assignment.h"
#include "services/lead/domain/conversion.h"
#include "services/lead/domain/lead_state.h"
#include "services/lead/domain/next_step.h"
#include "services/lead/domain/occasion.h"
#include "services/lead/domain/standing.h"
#include "services/lead/domain/verdict.h"

namespace crm::lead {

using base::kLeadSourceNames;
using base::LeadSource;

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

inline constexpr base::EnumName<BuyingRole> kBuyingRoleNames[] = {
    {BuyingRole::kUnspecified, "UNSPECIFIED"},
    {BuyingRole::kBuyer, "BUYER"},
    {BuyingRole::kDecisionMaker, "DECISION_MAKER"},
    {BuyingRole::kAdviser, "ADVISER"},
    {BuyingRole::kInfluencer, "INFLUENCER"},
    {BuyingRole::kEmployee, "EMPLOYEE"},
    {BuyingRole::kBlocker, "BLOCKER"}};

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

inline constexpr base::EnumName<DisqualifyReason> kDisqualifyReasonNames[] = {
    {DisqualifyReason::kUnspecified, "UNSPECIFIED"},
    {DisqualifyReason::kNoNeed, "NO_NEED"},
    {DisqualifyReason::kCannotAfford, "CANNOT_AFFORD"},
    {DisqualifyReason::kNoMarketPresence, "NO_MARKET_PRESENCE"},
    {DisqualifyReason::kNoTimeframe, "NO_TIMEFRAME"},
    {DisqualifyReason::kNoAuthorityFound, "NO_AUTHORITY_FOUND"},
    {DisqualifyReason::kUnreachable, "UNREACHABLE"},
    {DisqualifyReason::kDuplicate, "DUPLICATE"},
    {DisqualifyReason::kCompetitorChosen, "COMPETITOR_CHOSEN"},
    {DisqualifyReason::kOther, "OTHER"}};

enum class RecordKind { kActivity, kAssessment };

// The id that a caller chose for a record of a lead.
struct ChosenId {
  RecordKind kind = RecordKind::kActivity;
  base::Uuid id;

  friend bool operator==(const ChosenId&, const ChosenId&) = default;
};

// One move, to be written to the history and published.
struct StageChange {
  base::Uuid event_id;
  int64_t version = 0;
  std::optional<LeadState> from;  // nothing on the first
  LeadState to = LeadState::kUnspecified;
  absl::Time effective_time;  // when it happened
  absl::Time record_time;     // when we learned of it
  std::optional<absl::Duration> time_in_previous_state;
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

// A contact that may become a sale. Changed by its verbs alone.
struct Lead {
  std::string tenant;
  base::Uuid id;
  int64_t revision = 0;
  absl::Time create_time;
  absl::Time update_time;
  // Effective time of the first move; nothing if a program before 0007 made it: create_time.
  std::optional<absl::Time> open_time;
  std::optional<absl::Time> delete_time;

  base::Uuid contact;
  LeadState state = LeadState::kUnspecified;
  int64_t stage_version = 0;    // number of moves so far
  absl::Time state_enter_time;  // effective time of the latest move

  std::string owner;
  LeadSource source = LeadSource::kUnspecified;
  std::string source_detail;
  std::vector<std::string> interests;
  BuyingRole buying_role = BuyingRole::kUnspecified;
  std::string external_id;                 // unique per tenant among live leads unless empty
  std::optional<base::Uuid> organization;  // the contact that the sale would be with
  NextStep next_step;
  std::map<std::string, std::string> attributes;  // the caller's own

  std::vector<Assessment> assessments;  // the current ones, in order of criterion
  std::optional<Verdict> verdict;       // when last qualified or disqualified
  std::optional<Standing> standing;     // when the evidence was last judged; nothing before
  DisqualifyReason disqualify_reason = DisqualifyReason::kUnspecified;
  std::string disqualify_note;
  bool qualification_overridden = false;
  std::string override_reason;
  ActivityCounts activities;
  std::optional<Conversion> conversion;  // the latest
  std::optional<Assignment> assignment;  // of the present owner, if AssignLead(s) gave the lead

  // Made or edited since the lead was loaded, to be written to its records.
  std::vector<StageChange> stage_changes;
  std::vector<Activity> new_activities;
  std::vector<Activity> edited_activities;
  std::vector<Assessment> new_assessments;
  std::vector<ChosenId> chosen_ids;  // of these; another record may have them already

  bool deleted() const { return delete_time.has_value(); }
  friend bool operator==(const Lead&, const Lead&) = default;
};

// Takes the id that the caller chose for the record it is about to make. ALREADY_EXISTS
// DUPLICATE_ID (activity_id, assessment_id) if one made since loading has it; whether one made
// before does, the store finds out.
absl::Status TakeRecordId(Lead& lead, const ChosenId& chosen);
absl::Status RecordIdTaken(const Lead& lead, const ChosenId& chosen);

// "leads/{uuid}" and "opportunities/{uuid}".
inline constexpr absl::string_view kLeads = "leads";
inline constexpr absl::string_view kOpportunities = "opportunities";
std::string LeadName(const base::Uuid& id);
std::string OpportunityName(const base::Uuid& id);

// What the lead became, or is becoming; empty before.
std::string OpportunityOf(const Lead& lead);

// From when the lead came in to the first outbound activity, not negative; nothing before that.
std::optional<absl::Duration> ResponseTimeOf(const Lead& lead);

// The verbs; those of editing and conversion stand in lead_edit.h and lead_conversion.h. Each
// changes the lead, or says why not and leaves it in an unspecified state that must not be stored.
// Errors common to the moving ones:
//   FAILED_PRECONDITION STATE_INVALID           metadata resource, state, allowedStates
//   INVALID_ARGUMENT    EFFECTIVE_TIME_INVALID  later than now, or before the previous move;
//                                               metadata earliest, latest

// A lead whose own fields are filled in enters NEW.
absl::Status Open(Lead& lead, const Occasion& occasion);

// Records an activity; a NEW lead enters WORKING at the later of the activity's time and its
// previous move. Refused while CONVERTING. FIELD_INVALID (occur_time) if it lies in the future.
absl::Status LogActivity(Lead& lead, const Activity& activity, const Occasion& occasion);

// Records an assessment in NEW, WORKING or QUALIFIED. NEW enters WORKING; QUALIFIED falls back to
// WORKING when the verdict as of now is no longer QUALIFIED, unless qualified by override.
// FIELD_INVALID (observe_time) if it was observed in the future.
absl::Status Assess(Lead& lead, const Assessment& assessment, const Basis& basis,
                    const Occasion& occasion);

// The verdict as of `time` by what was on record then, of which `basis` has what the lead does not
// carry any more. Nothing: as of now by all that is on record and the policy in force, even if the
// clock of another server that recorded them is ahead; the verdict then says that clock's time.
Verdict JudgeLead(const Lead& lead, const Basis& basis, std::optional<absl::Time> time,
                  absl::Time now);

// WORKING → QUALIFIED if the verdict is QUALIFIED, or with an override reason. Stores the verdict.
// FAILED_PRECONDITION QUALIFICATION_UNMET otherwise. The verdict is as of the effective time and
// rests on what was on record then: if one is given, `basis` has the assessments of that time.
absl::Status Qualify(Lead& lead, const Basis& basis, const std::string& override_reason,
                     const Occasion& occasion);

// → DISQUALIFIED, storing the verdict, which is as above. OTHER needs a note.
absl::Status Disqualify(Lead& lead, DisqualifyReason reason, const std::string& note,
                        const Basis& basis, const Occasion& occasion);

// DISQUALIFIED → WORKING.
absl::Status Reopen(Lead& lead, const std::string& reason, const Occasion& occasion);

}  // namespace crm::lead
