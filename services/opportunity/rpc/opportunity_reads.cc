#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/rpc/page_token.h"
#include "common/serving/batch_read.h"
#include "common/serving/list_page.h"
#include "common/serving/requests.h"
#include "services/opportunity/rpc/opportunity_filters.h"
#include "services/opportunity/rpc/opportunity_handlers.h"

namespace crm::opportunity {
namespace {

absl::StatusOr<int64_t> VersionOf(const std::vector<std::string>& position) {
  if (position.empty()) return 0;
  int64_t version = 0;
  if (position.size() == 1 && absl::SimpleAtoi(position[0], &version) && version > 0) {
    return version;
  }
  return error::Error(absl::StatusCode::kInvalidArgument, error::kPageTokenInvalid,
                      "The page token is not valid.")
      .Violation("page_token", "must be a next_page_token of the same method");
}

}  // namespace

void GetOpportunities(const Ports& ports,
                      Calls<v1::GetOpportunityRequest, v1::GetOpportunityResponse> calls) {
  serving::AnswerGets(calls, serving::KeysIn(kOpportunities), serving::GetFrom(ports.opportunities),
                      [](auto& call, const Opportunity& it) {
                        ToProto(it, *call.response().mutable_opportunity());
                        return absl::OkStatus();
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
  const rpc::PageArguments bound{context.method, context.tenant, request.name(), ""};
  CRM_ASSIGN_OR_RETURN(const std::vector<std::string> position,
                       rpc::DecodePageToken(bound, request.page_token()));
  CRM_ASSIGN_OR_RETURN(const int64_t after, VersionOf(position));
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
    const std::string keys[] = {absl::StrCat(changes[size - 1].version)};
    response.set_next_page_token(rpc::EncodePageToken(bound, keys));
  }
  return absl::OkStatus();
}

}  // namespace crm::opportunity
