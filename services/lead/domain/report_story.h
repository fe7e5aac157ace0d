#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/base/uuid.h"
#include "common/report/viewpoint.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/sale.h"

// A lead as reports see it: what is known of it, and what it was at an instant.
namespace crm::lead {

// The fields that reports go by, named as in Lead.
struct LeadFacts {
  LeadState state = LeadState::kUnspecified;
  int64_t stage_version = 0;
  std::string owner;
  LeadSource source = LeadSource::kUnspecified;
  std::string source_detail;
  std::map<std::string, std::string> attributes;
  std::optional<absl::Time> first_response;
  std::optional<Verdict> verdict;
  bool qualification_overridden = false;
  DisqualifyReason disqualify_reason = DisqualifyReason::kUnspecified;
  std::optional<absl::Time> delete_time;

  bool operator==(const LeadFacts&) const = default;
};

// What a lead was from one write to the next.
struct LeadVersion {
  int64_t revision = 0;
  absl::Time record_time;
  LeadFacts facts;
};

// A move as reports need it.
struct LeadMove {
  int64_t version = 0;
  LeadState to = LeadState::kUnspecified;
  absl::Time effective_time;
  absl::Time record_time;
  std::string owner;  // after it
};

// One lead: the versions from an instant on (the first is the one that held then), or the present
// one alone, all its moves, and those of its opportunity where a report needs them.
struct LeadStory {
  base::Uuid id;
  std::vector<LeadVersion> versions;  // never empty, in the order of their revisions
  std::vector<LeadMove> moves;        // in the order of their versions
  std::vector<SaleChange> sale;       // in the order of their versions
};

// The state that a move led to, by the clock of the viewpoint.
struct LeadVisit {
  LeadState state = LeadState::kUnspecified;
  absl::Time enter_time;
  std::string owner;  // after the move

  bool operator==(const LeadVisit&) const = default;
};

// The first outbound activity, by the clock of the viewpoint.
struct FirstResponse {
  absl::Time time;    // not before the lead came in
  std::string owner;  // when it was recorded, if that far is known

  bool operator==(const FirstResponse&) const = default;
};

// A lead from a viewpoint.
struct SeenLead {
  base::Uuid id;
  LeadFacts facts;                // the state is that of the last visit
  std::vector<LeadVisit> visits;  // oldest first, never empty
  std::optional<FirstResponse> response;
  std::vector<SaleTurn> sale;  // of its opportunity, once it is converted

  absl::Time created() const { return visits.front().enter_time; }
};

// What the lead was from `view`; nothing if it was not there yet, or deleted. By the effective
// clock a field is in effect from when it was recorded, or from when a later move that built on it
// took effect, if that is earlier; an activity counts from when it took place. By the recorded
// clock all counts from when it was recorded.
std::optional<SeenLead> See(const LeadStory& story, const report::Viewpoint& view);

// What has become of a lead.
enum class LeadFate {
  kOpen,          // neither converted nor disqualified
  kConverted,     // and its opportunity is open
  kDisqualified,  //
  kWon,           // its opportunity is
  kLost,          // its opportunity is
};

struct FateOf {
  LeadFate fate = LeadFate::kOpen;
  absl::Time time;  // since when; of an open one since the last move
};

// At `end`, which is not before the lead came in.
FateOf FateAt(const SeenLead& lead, absl::Time end);

// The owner to whom what became of a lead belongs: when it was converted or disqualified, of an
// open one at the instant.
const std::string& OwnerAtEnd(const SeenLead& lead);

}  // namespace crm::lead
