#pragma once

#include <string>
#include <vector>

#include "common/rpc/request_checks.h"
#include "common/rpc/validation.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "services/lead/domain/lead.h"

// What is wrong with each request, all of it at once.
namespace crm::lead {

void Check(const v1::CreateLeadRequest& request, rpc::Validation& v);
void Check(const v1::GetLeadRequest& request, rpc::Validation& v);
void Check(const v1::ListRevisionsRequest& request, rpc::Validation& v);
void Check(const v1::BatchGetLeadsRequest& request, rpc::Validation& v);
void Check(const v1::ListLeadsRequest& request, rpc::Validation& v);
void Check(const v1::UpdateLeadRequest& request, rpc::Validation& v);
void Check(const v1::LogActivityRequest& request, rpc::Validation& v);
void Check(const v1::UpdateActivityRequest& request, rpc::Validation& v);
void Check(const v1::AssessCriterionRequest& request, rpc::Validation& v);
void Check(const v1::EvaluateLeadRequest& request, rpc::Validation& v);
void Check(const v1::EvaluateLeadsRequest& request, rpc::Validation& v);
void Check(const v1::ListActivitiesRequest& request, rpc::Validation& v);
void Check(const v1::ListAssessmentsRequest& request, rpc::Validation& v);
void Check(const v1::QualifyLeadRequest& request, rpc::Validation& v);
void Check(const v1::DisqualifyLeadRequest& request, rpc::Validation& v);
void Check(const v1::ReopenLeadRequest& request, rpc::Validation& v);
void Check(const v1::ConvertLeadRequest& request, rpc::Validation& v);
void Check(const v1::DeleteLeadRequest& request, rpc::Validation& v);
void Check(const v1::UndeleteLeadRequest& request, rpc::Validation& v);

// The fields of a lead that callers may set, by their names in the interface.
std::vector<std::string> SettableFields();
// Those that a checked update sets.
std::vector<std::string> UpdatedFields(const v1::UpdateLeadRequest& request);
std::vector<std::string> UpdatedFields(const v1::UpdateActivityRequest& request);

// What a request to convert a lead, or to preview that, says of the opportunity.
template <class Req>
void CheckConversionPlan(const Req& request, rpc::Validation& v) {
  const bool attach = !request.opportunity().empty();
  if (attach && !request.opportunity_display_name().empty()) {
    v.Custom("opportunity_display_name", "must be empty beside an opportunity");
  }
  if (attach && !request.pipeline().empty()) {
    v.Custom("pipeline", "must be empty beside an opportunity");
  }
  if (request.has_new_organization()) {
    if (!request.organization().empty()) {
      v.Custom("new_organization", "must be empty beside an organization");
    }
    v.Text("new_organization.display_name", request.new_organization().display_name(),
           {1, rpc::kNameLimit, rpc::kRequired})
        .Text("new_organization.domain", request.new_organization().domain(), {.max = 253});
  }
  v.Name("organization", request.organization(), "contacts", rpc::kOptional);
  v.Text("override_reason", request.override_reason(), {.max = rpc::kTextLimit})
      .Name("opportunity", request.opportunity(), kOpportunities, rpc::kOptional)
      .Text("opportunity_display_name", request.opportunity_display_name(),
            {.max = rpc::kNameLimit, .presence = attach ? rpc::kOptional : rpc::kRequired})
      .MoneyField("amount", request.has_amount(), request.amount(), rpc::kOptional)
      .DateField("expected_close_date", request.has_expected_close_date(),
                 request.expected_close_date(), rpc::kOptional)
      .Text("owner", request.owner(), {.max = rpc::kIdLimit})
      .SlugName("pipeline", request.pipeline(), "pipelines", rpc::kOptional);
}

}  // namespace crm::lead
