#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/rpc/page_token.h"
#include "common/serving/batch_read.h"
#include "common/serving/list_page.h"
#include "common/serving/requests.h"
#include "common/serving/revisions.h"
#include "services/opportunity/rpc/opportunity_filters.h"
#include "services/opportunity/rpc/opportunity_handlers.h"

namespace crm::opportunity {

void GetOpportunities(const Ports& ports,
                      Calls<v1::GetOpportunityRequest, v1::GetOpportunityResponse> calls) {
  serving::AnswerGets(calls, serving::KeysIn(kOpportunities), serving::GetFrom(ports.opportunities),
                      [&ports](auto& call, const Opportunity& present, base::Deadline deadline) {
                        return serving::AnswerAsOf(
                            call.request(), present,
                            [&](const Opportunity& it, const aggregate::Moment& moment) {
                              return ports.reads.AsOf(it, moment, deadline);
                            },
                            [&call](const Opportunity& it) {
                              ToProto(it, *call.response().mutable_opportunity());
                            });
                      });
}

void BatchGetOpportunities(
    const Ports& ports,
    Calls<v1::BatchGetOpportunitiesRequest, v1::BatchGetOpportunitiesResponse> calls) {
  serving::AnswerBatchGets(
      calls, serving::KeysIn(kOpportunities), serving::GetFrom(ports.opportunities),
      [](auto& response, const Opportunity& it) { ToProto(it, *response.add_opportunities()); });
}

absl::Status ListOpportunities(const Ports& ports, const rpc::CallContext& context,
                               const v1::ListOpportunitiesRequest& request,
                               v1::ListOpportunitiesResponse& response) {
  return serving::AnswerList(
      context, request, response, OpportunityFields(),
      [&](const listing::Query& query) { return ports.reads.List(query, context.deadline); },
      [&](const Opportunity& it) { ToProto(it, *response.add_opportunities()); });
}

absl::Status ListStageChanges(const Ports& ports, const rpc::CallContext& context,
                              const v1::ListStageChangesRequest& request,
                              v1::ListStageChangesResponse& response) {
  CRM_ASSIGN_OR_RETURN(const int64_t after,
                       serving::NumberAfter(context, request.name(), request.page_token()));
  const size_t size = rpc::EffectivePageSize(request.page_size());
  CRM_ASSIGN_OR_RETURN(
      const std::vector<StageChange> changes,
      ports.reads.StageChanges(serving::KeyOf(context, request.name(), kOpportunities), after,
                               static_cast<int>(size) + 1, context.deadline));
  // Whatever exists has moved at least once.
  if (changes.empty() && after == 0) return error::NotFound(request.name());
  for (size_t i = 0; i < std::min(size, changes.size()); ++i) {
    ToProto(changes[i], *response.add_stage_changes());
  }
  if (changes.size() > size) {
    response.set_next_page_token(
        serving::TokenAfter(context, request.name(), changes[size - 1].version));
  }
  return absl::OkStatus();
}

absl::Status ListRevisions(const Ports& ports, const rpc::CallContext& context,
                           const v1::ListRevisionsRequest& request,
                           v1::ListRevisionsResponse& response) {
  const aggregate::Key key = serving::KeyOf(context, request.name(), kOpportunities);
  return serving::AnswerRevisions<v1::Opportunity>(
      context, request, response,
      [&](int64_t after, int limit) {
        return ports.reads.Revisions(key, after, limit, context.deadline);
      },
      [&] {
        return ports.opportunities.Get(absl::MakeConstSpan(&key, 1), context.deadline)[0].status();
      },
      [](const Opportunity& it, v1::Opportunity& message) { ToProto(it, message); });
}

}  // namespace crm::opportunity
