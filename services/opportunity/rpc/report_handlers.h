#pragma once

#include <algorithm>
#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "common/base/status.h"
#include "common/rpc/call_context.h"
#include "common/rpc/report_requests.h"
#include "crm/opportunity/v1/report_service.pb.h"
#include "services/opportunity/rpc/opportunity_ports.h"
#include "services/opportunity/rpc/report_proto.h"

namespace crm::opportunity {

// The reports. Each reads one snapshot, piece by piece, and adds up.
absl::Status SummarizePipeline(const ReportPorts& ports, const rpc::CallContext& context,
                               const v1::SummarizePipelineRequest& request,
                               v1::SummarizePipelineResponse& response);
absl::Status QueryFunnel(const ReportPorts& ports, const rpc::CallContext& context,
                         const v1::QueryFunnelRequest& request, v1::QueryFunnelResponse& response);
absl::Status QueryTimeInStage(const ReportPorts& ports, const rpc::CallContext& context,
                              const v1::QueryTimeInStageRequest& request,
                              v1::QueryTimeInStageResponse& response);
absl::Status QueryWinRate(const ReportPorts& ports, const rpc::CallContext& context,
                          const v1::QueryWinRateRequest& request,
                          v1::QueryWinRateResponse& response);

absl::Status QueryFlow(const ReportPorts& ports, const rpc::CallContext& context,
                       const v1::QueryFlowRequest& request, v1::QueryFlowResponse& response);
absl::Status QuerySalesVelocity(const ReportPorts& ports, const rpc::CallContext& context,
                                const v1::QuerySalesVelocityRequest& request,
                                v1::QuerySalesVelocityResponse& response);
absl::Status QueryForecast(const ReportPorts& ports, const rpc::CallContext& context,
                           const v1::QueryForecastRequest& request,
                           v1::QueryForecastResponse& response);
absl::Status CompareForecasts(const ReportPorts& ports, const rpc::CallContext& context,
                              const v1::CompareForecastsRequest& request,
                              v1::CompareForecastsResponse& response);
absl::Status ListAtRisk(const ReportPorts& ports, const rpc::CallContext& context,
                        const v1::ListAtRiskRequest& request, v1::ListAtRiskResponse& response);

// Reads one thing's histories, a page at a time.
absl::Status GetTimeline(const ReportPorts& ports, const rpc::CallContext& context,
                         const v1::GetTimelineRequest& request, v1::GetTimelineResponse& response);

// One report over all that it needs: what it was asked, and the reading. Not thread-safe.
class ReportRun {
 public:
  // `request` has view and scope, and perhaps groups and a period.
  template <class Req>
  ReportRun(const ReportPorts& ports, const rpc::CallContext& context, const Req& request)
      : ports_(ports), context_(context) {
    v1::ReportGroups groups;
    if constexpr (requires { request.groups(); }) groups = request.groups();
    query_ = QueryFrom(request.view(), request.scope(), groups, ports.clock.Now());
    if constexpr (requires { request.period(); }) {
      query_.period = rpc::PeriodFrom(request.period());
    }
    if constexpr (requires { request.rates(); }) {
      if (request.has_rates()) query_.rates = RatesFrom(request.rates());
    }
    needs_.view = query_.view;
    needs_.as_known_now = !request.view().has_known_at();
    needs_.attributes = GoByAttributes(query_.scope, query_.groups);
  }

  ReportQuery& query() { return query_; }
  DealNeeds& needs() { return needs_; }
  absl::Time PeriodStart() const {
    return absl::FromCivil(query_.period.start, query_.groups.zone);
  }

  // What was written by then is in effect at the instant.
  absl::Time Viewed() const { return std::min(query_.view.at, query_.view.known_at); }

  // Whether a report looks from the present.
  template <class Req>
  static bool Now(const Req& request) {
    return !request.view().has_as_of() && !request.view().has_known_at();
  }

  // Asks for no more fields than scope and groups go by; `moves`: of the rest the report needs only
  // what stage changes tell, as it is now.
  void NeedFacts(bool moves) {
    switch (FieldsOf(query_.scope, query_.groups)) {
      case ScopeFields::kOfMoves:
        needs_.facts = moves ? DealNeeds::Facts::kOfChanges : DealNeeds::Facts::kOfEdits;
        break;
      case ScopeFields::kOfEdits:
        needs_.facts = DealNeeds::Facts::kOfEdits;
        break;
      case ScopeFields::kAny:
        needs_.facts = DealNeeds::Facts::kAll;
    }
  }

  // The stage changes in the period.
  ChangedIn ChangesInPeriod(ChangedIn::Kind kind) const {
    return {kind, PeriodStart(), absl::FromCivil(query_.period.end, query_.groups.zone)};
  }

  // Calls `begin` with what the report stands on, then `visit` for every opportunity that there may
  // be something to tell of. Fills in the basis. Blocks as ReportReads::Read.
  absl::Status GoThrough(v1::ReportBasis& basis,
                         const std::function<absl::Status(const ReportGround&)>& begin,
                         const std::function<absl::Status(const Deal&)>& visit) {
    rpc::SetReportBasis(query_.view, query_.groups.zone, basis);
    basis.set_fiscal_year_start_month(query_.groups.fiscal_start);
    return ports_.reports.Read(
        context_.tenant, needs_, context_.deadline,
        [&](const ReportGround& ground) {
          query_.order = StageOrder(ground.pipelines);
          rpc::SetSequences(ground.last_sequences, basis);
          return begin(ground);
        },
        visit);
  }

  // The same, with each as it is seen from the viewpoint.
  absl::Status Go(v1::ReportBasis& basis,
                  const std::function<absl::Status(const ReportGround&)>& begin,
                  const std::function<void(SeenDeal&&)>& add) {
    return GoThrough(basis, begin, [&](const Deal& deal) -> absl::Status {
      CRM_ASSIGN_OR_RETURN(std::optional<SeenDeal> seen, See(deal, query_.view));
      if (seen) add(*std::move(seen));
      return absl::OkStatus();
    });
  }

 private:
  const ReportPorts& ports_;
  const rpc::CallContext& context_;
  ReportQuery query_;
  DealNeeds needs_;
};

inline absl::Status OnAnyGround(const ReportGround&) { return absl::OkStatus(); }

template <class Message>
void SetReportKey(const GroupKey& key, Message& message) {
  message.mutable_key()->Assign(key.begin(), key.end());
}

}  // namespace crm::opportunity
