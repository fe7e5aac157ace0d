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

}  // namespace
}  // namespace crm::opportunity::testing
