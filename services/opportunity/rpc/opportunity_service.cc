#include "services/opportunity/rpc/opportunity_service.h"

#include "absl/strings/str_cat.h"
#include "services/opportunity/rpc/opportunity_checks.h"

namespace crm::opportunity {
namespace {

rpc::MethodOptions Named(absl::string_view method, rpc::Lane lane) {
  rpc::MethodOptions options;
  options.name = absl::StrCat("crm.opportunity.v1.OpportunityService/", method);
  options.lane = lane;
  return options;
}

// The rules of requests that need no clock.
template <class Req>
void CheckRequest(const Req& request, rpc::Validation& validation) {
  Check(request, validation);
}

}  // namespace

OpportunityRpc::OpportunityRpc(const rpc::Binding& binding, const Ports& ports)
    : ports_(ports),
      open_(
          binding, Named("OpenOpportunity", rpc::Lane::kWrite),
          [this](const auto& request, rpc::Validation& v) {
            Check(request, ports_.clock.Now(), v);
          },
          OpenMethod::BatchHandler([this](auto calls) { Open(calls); })),
      get_(binding, Named("GetOpportunity", rpc::Lane::kRead),
           CheckRequest<v1::GetOpportunityRequest>,
           GetMethod::BatchHandler([this](auto calls) { Get(calls); })),
      batch_get_(
          binding, Named("BatchGetOpportunities", rpc::Lane::kRead),
          CheckRequest<v1::BatchGetOpportunitiesRequest>,
          BatchGetMethod::Handler([this](const auto& context, const auto& request, auto& response) {
            return BatchGet(context, request, response);
          })),
      list_(binding, Named("ListOpportunities", rpc::Lane::kRead),
            CheckRequest<v1::ListOpportunitiesRequest>,
            ListMethod::Handler([this](const auto& context, const auto& request, auto& response) {
              return List(context, request, response);
            })),
      update_(
          binding, Named("UpdateOpportunity", rpc::Lane::kWrite),
          [this](const auto& request, rpc::Validation& v) {
            Check(request, ports_.clock.Now(), v);
          },
          UpdateMethod::BatchHandler([this](auto calls) { Update(calls); })),
      move_(binding, Named("MoveOpportunity", rpc::Lane::kWrite),
            CheckRequest<v1::MoveOpportunityRequest>,
            MoveMethod::BatchHandler([this](auto calls) { Move(calls); })),
      win_(binding, Named("WinOpportunity", rpc::Lane::kWrite),
           CheckRequest<v1::WinOpportunityRequest>,
           WinMethod::BatchHandler([this](auto calls) { Win(calls); })),
      lose_(binding, Named("LoseOpportunity", rpc::Lane::kWrite),
            CheckRequest<v1::LoseOpportunityRequest>,
            LoseMethod::BatchHandler([this](auto calls) { Lose(calls); })),
      reopen_(binding, Named("ReopenOpportunity", rpc::Lane::kWrite),
              CheckRequest<v1::ReopenOpportunityRequest>,
              ReopenMethod::BatchHandler([this](auto calls) { Reopen(calls); })),
      list_stage_changes_(
          binding, Named("ListStageChanges", rpc::Lane::kRead),
          CheckRequest<v1::ListStageChangesRequest>,
          HistoryMethod::Handler([this](const auto& context, const auto& request, auto& response) {
            return ListStages(context, request, response);
          })) {}

}  // namespace crm::opportunity
