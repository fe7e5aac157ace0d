// Every method with every kind of bad input.

#include "tests/support/bad_input.h"

#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {
namespace {

using crm::testing::MethodCase;

std::vector<MethodCase> Methods() {
  const std::string facts =
      "display_name: \"Forty presses\" amount { currency_code: \"EUR\" } needs { text: \"paper\" } "
      "contact_roles { contact: \"contacts/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e\" } ";
  return {
      {"OpenOpportunity",
       "opportunity { contact: \"contacts/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e\" lead: "
       "\"leads/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e\" pipeline: \"pipelines/default\" " +
           facts + "}",
       {"opportunity", "opportunity.contact", "opportunity.display_name"},
       {"opportunity.name", "opportunity.etag", "opportunity.stage", "opportunity.loss_note",
        "opportunity.line_items[0].amount", "opportunity.cloned_from"}},
      {"AttachLead",
       "name: \"$NAME\" organization: \"contacts/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e\" "
       "opportunity { contact: \"contacts/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e\" lead: "
       "\"leads/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e\" " +
           facts + "}",
       {"name", "opportunity", "opportunity.contact", "opportunity.lead"},
       {"opportunity.name", "opportunity.etag", "opportunity.display_name", "opportunity.pipeline",
        "opportunity.stage", "opportunity.loss_note", "opportunity.present_supplier",
        "opportunity.payment_terms", "opportunity.contract", "opportunity.line_items",
        "opportunity.competitors", "opportunity.next_step", "opportunity.team",
        "opportunity.probability", "opportunity.forecast_category", "opportunity.cloned_from"}},
      {"GetOpportunity", "name: \"$NAME\"", {"name"}},
      {"BatchGetOpportunities", "names: \"$NAME\"", {"names"}},
      {"ListOpportunities", ""},
      {"UpdateOpportunity",
       "opportunity { name: \"$NAME\" " + facts + "}",
       {"opportunity", "opportunity.name"},
       {"opportunity.contact", "opportunity.lead", "opportunity.pipeline", "opportunity.stage",
        "opportunity.loss_note", "opportunity.line_items[0].amount", "opportunity.cloned_from"}},
      {"MoveOpportunity", "name: \"$NAME\" stage: \"proposal\"", {"name", "stage"}},
      {"WinOpportunity", "name: \"$NAME\" amount { currency_code: \"EUR\" }", {"name"}},
      {"LoseOpportunity",
       "name: \"$NAME\" loss_reason: LOSS_REASON_OTHER note: \"gone\"",
       {"name", "loss_reason", "note"}},
      {"ReopenOpportunity",
       "name: \"$NAME\" stage: \"proposal\" reason: \"back again\"",
       {"name", "stage", "reason"}},
      {"CloneOpportunity",
       "name: \"$NAME\" display_name: \"Again\" copy_mask { paths: \"owner\" }",
       {"name"}},
      {"DeleteOpportunity", "name: \"$NAME\"", {"name"}},
      {"UndeleteOpportunity", "name: \"$NAME\"", {"name"}},
      {"MoveToPipeline",
       "name: \"$NAME\" pipeline: \"pipelines/renewals\" stage: \"trial\"",
       {"name", "pipeline"}},
      {"ListStageChanges", "name: \"$NAME\"", {"name"}},
      {"ListRevisions", "name: \"$NAME\"", {"name"}},
      {"CheckMove",
       "name: \"$NAME\" stage: \"proposal\" amount { currency_code: \"EUR\" }",
       {"name", "stage"}},
      {"BatchMoveOpportunities", "requests { name: \"$NAME\" stage: \"proposal\" }", {"requests"}},
      {"CorrectStageChange",
       "name: \"$NAME\" version: 1 stage: \"proposal\" reason: \"wrong column\"",
       {"name", "version", "reason"}},
  };
}

TEST_F(OpportunityServiceTest, NoMethodTakesBadInput) {
  v1::OpenOpportunityRequest request = OpenRequest();
  request.set_request_id(NewUuid());
  const std::string name = Open(request).name();
  crm::testing::ExpectBadInputRefused(v1::OpportunityService::service_full_name(), Methods(),
                                      {Service().channel(), tenant(), name, request.request_id(),
                                       [] { return Service().database().Everything(); }});
}

std::vector<MethodCase> PipelineMethods() {
  const std::string definition =
      "display_name: \"Renewals\" stages { key: \"trial\" display_name: \"Trial\" type: "
      "STAGE_TYPE_OPEN probability: 10 forecast_category: FORECAST_CATEGORY_PIPELINE gates { kind: "
      "GATE_KIND_MINIMUM_AMOUNT minimum_amount { currency_code: \"EUR\" amount_minor: 1 } } } "
      "stages { key: \"won\" display_name: \"Won\" type: STAGE_TYPE_WON } stages { key: \"lost\" "
      "display_name: \"Lost\" type: STAGE_TYPE_LOST } ";
  return {
      {"CreatePipeline",
       "pipeline_id: \"others\" pipeline { " + definition + "}",
       {"pipeline", "pipeline_id", "pipeline.display_name", "pipeline.stages"},
       {"pipeline.name", "pipeline.etag", "pipeline.retired_stages"}},
      {"GetPipeline", "name: \"$NAME\"", {"name"}},
      {"ListPipelines", ""},
      {"UpdatePipeline",
       "pipeline { name: \"$NAME\" " + definition + "}",
       {"pipeline", "pipeline.name"},
       {"pipeline.retired_stages"}},
      {"ArchivePipeline", "name: \"$NAME\"", {"name"}},
      {"UnarchivePipeline", "name: \"$NAME\"", {"name"}},
  };
}

TEST_F(OpportunityServiceTest, NoPipelineMethodTakesBadInput) {
  v1::CreatePipelineRequest request = PipelineRequest("renewals");
  request.set_request_id(NewUuid());
  const auto made = Call(&PipelineStub::CreatePipeline, request);
  ASSERT_TRUE(made.ok()) << made.status();
  // What a stranger asks for stores their default pipeline.
  v1::ListPipelinesRequest list;
  ASSERT_TRUE(Call(&PipelineStub::ListPipelines, list, "stranger").ok());
  crm::testing::ExpectBadInputRefused(
      v1::PipelineService::service_full_name(), PipelineMethods(),
      {Service().channel(), tenant(), made->pipeline().name(), request.request_id(),
       [] { return Service().database().Everything(); }});
}

std::vector<MethodCase> ReportMethods() {
  const std::string ungrouped =
      "view { as_of { seconds: 1000000000 } time_zone: \"Europe/Berlin\" } scope { pipeline: "
      "\"pipelines/default\" owners: \"mara\" currency_code: \"EUR\" } ";
  const std::string scope =
      ungrouped + "groups { by: REPORT_GROUPING_ATTRIBUTE attribute: \"region\" } ";
  const std::string period =
      scope + "period { start { year: 2026 month: 1 day: 1 } end { year: 2026 month: 2 day: 1 } }";
  const std::vector<std::string> required = {"period", "period.start", "period.end"};
  const std::string rates =
      "rates { currency_code: \"EUR\" rates { currency_code: \"USD\" month: \"2026-01\" rate: "
      "\"0.9\" } }";
  const std::vector<std::string> of_rates = {"rates.currency_code", "rates.rates",
                                             "rates.rates[0].currency_code", "rates.rates[0].month",
                                             "rates.rates[0].rate"};
  const std::vector<std::string> both = [&] {
    std::vector<std::string> all = required;
    all.insert(all.end(), of_rates.begin(), of_rates.end());
    return all;
  }();
  return {
      {"SummarizePipeline", scope + rates, of_rates},
      {"QueryFunnel", period, required},
      {"QueryTimeInStage", period, required},
      {"QueryWinRate", period + rates, both},
      {"QueryFlow", period + rates, both},
      {"QuerySalesVelocity", period + rates, both},
      {"QueryForecast", period + rates, both},
      {"CompareForecasts", ungrouped + "first_as_of { seconds: 900000000 }", {"first_as_of"}},
      {"ListAtRisk", ungrouped + rates, of_rates},
      {"GetTimeline", "name: \"$NAME\"", {"name"}},
  };
}

TEST_F(OpportunityServiceTest, NoReportTakesBadInput) {
  v1::OpenOpportunityRequest request = OpenRequest();
  request.set_request_id(NewUuid());
  const std::string name = Open(request).name();
  crm::testing::ExpectBadInputRefused(v1::ReportService::service_full_name(), ReportMethods(),
                                      {Service().channel(), tenant(), name, request.request_id(),
                                       [] { return Service().database().Everything(); }});
}

}  // namespace
}  // namespace crm::opportunity::testing
