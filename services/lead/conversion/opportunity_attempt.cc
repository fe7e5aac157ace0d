#include "services/lead/conversion/opportunity_attempt.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/failpoint/failpoint.h"
#include "common/log/log.h"
#include "services/lead/domain/lead_conversion.h"

namespace crm::lead {
namespace {

constexpr absl::Duration kLeastTimeToFind = absl::Seconds(2);

std::vector<OpportunityOrder> OrdersOf(absl::Span<OpportunityAttempt* const> attempts,
                                       base::Deadline deadline) {
  std::vector<OpportunityOrder> orders;
  for (const OpportunityAttempt* attempt : attempts) {
    orders.push_back(OrderFor(*attempt->lead));
    orders.back().deadline = deadline;
    // As if ids were made anew for every attempt.
    if (CRM_FAILS_AT("conversion.other_ids")) {
      orders.back().opportunity = base::Uuid::V5(orders.back().opportunity, "other");
      orders.back().request_id = base::Uuid::V5(orders.back().request_id, "other");
    }
  }
  return orders;
}

void FindRefused(OpportunityOpener& opener, absl::Span<OpportunityAttempt> attempts,
                 base::Deadline deadline) {
  std::vector<OpportunityAttempt*> refused;
  for (OpportunityAttempt& attempt : attempts) {
    if (attempt.reply.opening == Opening::kRefused) refused.push_back(&attempt);
  }
  if (refused.empty()) return;
  std::vector<OpeningReply> found(refused.size());
  opener.Find(OrdersOf(refused, std::max(deadline, base::Deadline::After(kLeastTimeToFind))),
              absl::MakeSpan(found));
  for (size_t i = 0; i < refused.size(); ++i) {
    if (found[i].opening != Opening::kRefused) refused[i]->reply = std::move(found[i]);
  }
}

// The last thing before a lead is CONVERTED, so that nothing ever has to be taken back. Who is
// given up waits for nothing here.
void LinkEmployers(EmployerLinker* employers, absl::Span<OpportunityAttempt> attempts,
                   base::Deadline deadline) {
  if (employers == nullptr) return;
  for (OpportunityAttempt& attempt : attempts) {
    const Lead& lead = *attempt.lead;
    if (attempt.reply.opening != Opening::kOpened || !lead.conversion->plan.employer) continue;
    EmploymentOrder order = EmploymentOrderFor(lead);
    order.deadline = deadline;
    CRM_FAILPOINT("conversion.link");
    OpeningReply reply = employers->Link(order);
    CRM_FAILPOINT("conversion.linked");
    if (reply.opening == Opening::kOpened) continue;
    if (reply.opening == Opening::kRefused || !attempt.given_up.empty()) {
      log::Warning("a lead is converted without its contact's employer",
                   {{"lead", LeadName(lead.id)}, {"cause", reply.reason}});
      continue;
    }
    attempt.reply = std::move(reply);
  }
}

void AttemptOrders(OpportunityOpener& opener, absl::Span<OpportunityAttempt> attempts,
                   base::Deadline deadline) {
  std::vector<OpportunityAttempt*> ordering;
  for (OpportunityAttempt& attempt : attempts) {
    if (attempt.given_up.empty()) {
      ordering.push_back(&attempt);
    } else {
      attempt.reply = {Opening::kRefused, attempt.given_up};
    }
  }
  if (!ordering.empty()) {
    std::vector<OpeningReply> replies(ordering.size());
    opener.Open(OrdersOf(ordering, deadline), absl::MakeSpan(replies));
    for (size_t i = 0; i < ordering.size(); ++i) ordering[i]->reply = std::move(replies[i]);
    if (CRM_FAILS_AT("conversion.reply_lost")) {
      for (OpportunityAttempt* attempt : ordering) attempt->reply = {Opening::kUnknown, "LOST"};
    }
  }
}

}  // namespace

std::optional<absl::Status> AnswerWithoutAttempt(const KnownConversion& known) {
  if (known.refusal) return ConversionRefused(*known.refusal);
  if (known.given_up) return ConversionNotAnswered(kGivenUp);
  if (known.fault) return ConversionNeedsAttention(*known.fault);
  return std::nullopt;
}

void AttemptAll(OpportunityOpener& opener, EmployerLinker* employers,
                absl::Span<OpportunityAttempt> attempts, base::Deadline deadline) {
  AttemptOrders(opener, attempts, deadline);
  FindRefused(opener, attempts, deadline);
  LinkEmployers(employers, attempts, deadline);
}

}  // namespace crm::lead
