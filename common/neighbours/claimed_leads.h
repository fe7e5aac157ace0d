#pragma once

#include <string>
#include <vector>

#include "common/error/refusals.h"
#include "common/neighbours/confirmed_creates.h"
#include "common/neighbours/lead_directory.h"
#include "common/rpc/resource_name.h"

// Writes that name the lead an opportunity came from, which another service keeps.
namespace crm::neighbours {

// Hands on the calls whose lead is there and has become nothing else, by `proceed(calls)`, which
// finishes them. `claim_of(call)` tells the lead and the opportunity. The others end with
// FAILED_PRECONDITION REFERENCE_NOT_FOUND (opportunity.lead), ALREADY_EXISTS DUPLICATE_ID (lead),
// or what the directory says if it does not know; a retry of a call that succeeded gets its first
// answer, whatever became of the lead. `reads` as of ContactCheck.
template <class CallType, class Reads, class ClaimOf, class Proceed>
void ProceedWithLeads(LeadDirectory& leads, const Reads& reads, absl::Span<CallType* const> calls,
                      const ClaimOf& claim_of, const Proceed& proceed) {
  ProceedConfirmed(
      calls,
      [&](const serving::BatchRounds& round) {
        std::vector<LeadClaim> claims;
        for (const size_t i : round.members()) claims.push_back(claim_of(*calls[i]));
        std::vector<absl::Status> findings(claims.size());
        leads.Check(claims, absl::MakeSpan(findings), round.end());
        return findings;
      },
      [&](const CallType& call, const absl::Status& finding, base::Deadline deadline) {
        const absl::Status refusal =
            absl::IsNotFound(finding)
                ? absl::Status(error::ReferenceNotFound(
                      "opportunity.lead", rpc::FormatName("leads", claim_of(call).lead)))
                : finding;
        return FirstAnswerOr(reads, call, refusal, deadline);
      },
      proceed);
}

}  // namespace crm::neighbours
