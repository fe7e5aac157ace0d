#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_values.h"
#include "common/serving/batch_read.h"
#include "common/serving/list_page.h"
#include "common/serving/page_bytes.h"
#include "common/serving/requests.h"
#include "common/serving/revisions.h"
#include "services/opportunity/domain/opportunity_moves.h"
#include "services/opportunity/domain/stage_story.h"
#include "services/opportunity/rpc/opportunity_filters.h"
#include "services/opportunity/rpc/opportunity_handlers.h"
#include "services/opportunity/rpc/stage_change_proto.h"

namespace crm::opportunity {
namespace {

// Up to when the times in stages count: the moment that the call asks for.
absl::Time UntilOf(const Ports& ports, const v1::GetOpportunityRequest& request,
                   const v1::Opportunity& shown) {
  if (request.has_as_of_time()) return rpc::TimeFrom(request.as_of_time());
  if (request.has_as_of_revision()) return rpc::TimeFrom(shown.update_time());
  return ports.clock.Now();
}

// Of the opportunity that `response` shows: changes that came after that are not part of it.
absl::Status AddStageTimes(const Ports& ports, const aggregate::Key& key,
                           const v1::GetOpportunityRequest& request, base::Deadline deadline,
                           v1::GetOpportunityResponse& response) {
  const v1::Opportunity& shown = response.opportunity();
  CRM_ASSIGN_OR_RETURN(std::vector<StageChange> changes, ports.reads.WholeHistory(key, deadline));
  changes.resize(std::min(changes.size(), static_cast<size_t>(shown.stage_version())));
  CRM_ASSIGN_OR_RETURN(const StageStory story, Replay(changes));
  for (const StageTime& time : TimesInStages(story, UntilOf(ports, request, shown))) {
    ToProto(time, *response.add_stage_times());
  }
  return absl::OkStatus();
}

}  // namespace

void GetOpportunities(const Ports& ports,
                      Calls<v1::GetOpportunityRequest, v1::GetOpportunityResponse> calls) {
  serving::AnswerGets(
      calls, serving::KeysIn(kOpportunities), serving::GetFrom(ports.opportunities),
      [&ports](auto& call, const Opportunity& present, base::Deadline deadline) -> absl::Status {
        CRM_RETURN_IF_ERROR(serving::AnswerAsOf(
            call.request(), present,
            [&](const Opportunity& it, const aggregate::Moment& moment) {
              return ports.reads.AsOf(it, moment, deadline);
            },
            [&call](const Opportunity& it) {
              ToProto(it, *call.response().mutable_opportunity());
            }));
        if (call.request().view() != v1::OPPORTUNITY_VIEW_FULL) {
          return absl::OkStatus();
        }
        return AddStageTimes(ports, {present.tenant, present.id}, call.request(), deadline,
                             call.response());
      });
}

void CheckMoves(const Ports& ports, Calls<v1::CheckMoveRequest, v1::CheckMoveResponse> calls) {
  serving::AnswerGets(
      calls, serving::KeysIn(kOpportunities), serving::GetFrom(ports.opportunities),
      [&ports](auto& call, const Opportunity& it, base::Deadline deadline) -> absl::Status {
        CRM_ASSIGN_OR_RETURN(const Definition pipeline,
                             ports.pipeline_reads.Current({it.tenant, it.pipeline}, deadline));
        const auto amount = call.request().has_amount()
                                ? std::make_optional(rpc::MoneyFrom(call.request().amount()))
                                : std::nullopt;
        CRM_ASSIGN_OR_RETURN(const MovePlan plan,
                             PlanMove(it, *pipeline, call.request().stage(),
                                      std::max(ports.clock.Now(), it.stage_enter_time), amount));
        v1::CheckMoveResponse& response = call.response();
        response.set_allowed(plan.allowed());
        if (plan.trigger) {
          response.set_method(std::string(base::NameOf(kTriggerMethods, *plan.trigger)));
        }
        response.set_obstacle(plan.obstacle);
        for (const GateCheck& gate : plan.gates) ToProto(gate, *response.add_gates());
        response.set_etag(absl::StrCat(it.revision));
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
  return serving::AnswerList<Opportunity>(
      context, request, response, OpportunityFields(), OpportunityOrders(),
      [&](const listing::Query& query) { return ports.reads.List(query, context.deadline); },
      [&](const Opportunity& it) -> const v1::Opportunity& {
        v1::Opportunity& message = *response.add_opportunities();
        ToProto(it, message);
        return message;
      });
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
  const size_t shown =
      serving::FillPage(changes, size, [&](const StageChange& change) -> const v1::StageChange& {
        v1::StageChange& message = *response.add_stage_changes();
        ToProto(change, message);
        return message;
      });
  if (changes.size() > shown) {
    response.set_next_page_token(
        serving::TokenAfter(context, request.name(), changes[shown - 1].version));
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
