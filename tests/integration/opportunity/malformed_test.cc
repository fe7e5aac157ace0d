// Requests whose fields do not fit each other or the rules of one method; what holds for all
// methods is in bad_input_test.cc.

#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

class Malformed : public OpportunityServiceTest {
 protected:
  template <class Req, class Resp>
  std::vector<std::string> Refused(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&,
                                                                Resp*),
                                   const Req& request) {
    const auto result = Call(method, request);
    EXPECT_EQ(Outcome(result), "INVALID_ARGUMENT FIELD_INVALID") << request.ShortDebugString();
    return Fields(result);
  }
};

const std::string& Long() {
  static const auto* const text = new std::string(4001, 'x');
  return *text;
}

TEST_F(Malformed, OpenNamesEverythingThatIsMissing) {
  EXPECT_THAT(Refused(&Stub::OpenOpportunity, v1::OpenOpportunityRequest()),
              ElementsAre("opportunity"));
  v1::OpenOpportunityRequest empty;
  empty.mutable_opportunity();
  EXPECT_THAT(Refused(&Stub::OpenOpportunity, empty),
              ElementsAre("opportunity.contact", "opportunity.display_name"));
}

TEST_F(Malformed, OpenNamesEverythingThatIsWrong) {
  v1::OpenOpportunityRequest request;
  request.set_opportunity_id("seven");
  request.set_request_id("eight");
  request.mutable_effective_time()->set_nanos(-1);
  v1::Opportunity& it = *request.mutable_opportunity();
  it.set_display_name(std::string(201, 'x'));
  it.set_contact("contacts/bob");
  it.set_lead("contacts/" + NewUuid());
  it.set_pipeline("pipelines/");
  it.set_owner(std::string(129, 'x'));
  it.set_external_id(std::string(129, 'x'));
  it.mutable_amount()->set_currency_code("usd");
  it.mutable_amount()->set_amount_minor(-1);
  it.mutable_expected_close_date()->set_year(2026);
  it.mutable_expected_close_date()->set_month(2);
  it.mutable_expected_close_date()->set_day(30);
  it.set_probability(101);
  it.set_forecast_category(v1::FORECAST_CATEGORY_CLOSED);
  v1::Need& need = *it.add_needs();
  need.set_strength(static_cast<v1::NeedStrength>(9));
  need.mutable_confirm_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 3600);
  need.set_confirmed_by(std::string(129, 'x'));
  it.mutable_present_supplier()->set_display_name(std::string(201, 'x'));
  it.mutable_payment_terms()->set_net_days(-1);
  it.mutable_payment_terms()->set_instalments(0);
  it.mutable_payment_terms()->set_text(Long());
  it.mutable_contract()->set_status(static_cast<v1::ContractStatus>(9));
  it.mutable_contract()->mutable_sign_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 3600);
  for (int i = 0; i < 2; ++i) {
    v1::ContactRole& role = *it.add_contact_roles();
    role.set_contact("contacts/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e");
    role.set_primary(true);
  }
  it.add_interests("");
  EXPECT_THAT(
      Refused(&Stub::OpenOpportunity, request),
      ElementsAre("effective_time", "opportunity.amount.amount_minor",
                  "opportunity.amount.currency_code", "opportunity.contact",
                  "opportunity.contact_roles[1].contact", "opportunity.contact_roles[1].primary",
                  "opportunity.contract.sign_time", "opportunity.contract.status",
                  "opportunity.display_name", "opportunity.expected_close_date",
                  "opportunity.external_id", "opportunity.forecast_category",
                  "opportunity.interests[0]", "opportunity.lead",
                  "opportunity.needs[0].confirm_time", "opportunity.needs[0].confirmed_by",
                  "opportunity.needs[0].strength", "opportunity.needs[0].text", "opportunity.owner",
                  "opportunity.payment_terms.instalments", "opportunity.payment_terms.net_days",
                  "opportunity.payment_terms.text", "opportunity.pipeline",
                  "opportunity.present_supplier.display_name", "opportunity.probability",
                  "opportunity_id", "request_id"));
}

TEST_F(Malformed, OpenBoundsItsLists) {
  v1::OpenOpportunityRequest request = OpenRequest();
  for (int i = 0; i < 51; ++i) {
    request.mutable_opportunity()->add_needs()->set_text("need");
    request.mutable_opportunity()->add_interests("press");
  }
  for (int i = 0; i < 101; ++i) {
    request.mutable_opportunity()->add_contact_roles()->set_contact("contacts/" + NewUuid());
  }
  EXPECT_THAT(
      Refused(&Stub::OpenOpportunity, request),
      ElementsAre("opportunity.contact_roles", "opportunity.interests", "opportunity.needs"));
}

TEST_F(Malformed, Names) {
  for (const char* name : {"", "bob", "leads/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e",
                           "opportunities/", "opportunities/1"}) {
    v1::GetOpportunityRequest get;
    get.set_name(name);
    EXPECT_THAT(Refused(&Stub::GetOpportunity, get), ElementsAre("name"));
    v1::ListStageChangesRequest history;
    history.set_name(name);
    EXPECT_THAT(Refused(&Stub::ListStageChanges, history), ElementsAre("name"));
    v1::BatchGetOpportunitiesRequest batch;
    batch.add_names(name);
    EXPECT_THAT(Refused(&Stub::BatchGetOpportunities, batch), ElementsAre("names[0]"));
    v1::UpdateOpportunityRequest update;
    update.mutable_opportunity()->set_name(name);
    EXPECT_THAT(Refused(&Stub::UpdateOpportunity, update), ElementsAre("opportunity.name"));
  }
}

TEST_F(Malformed, BatchGetBoundsItsNames) {
  v1::BatchGetOpportunitiesRequest request;
  EXPECT_THAT(Refused(&Stub::BatchGetOpportunities, request), ElementsAre("names"));
  const std::string name = "opportunities/" + NewUuid();
  request.add_names(name);
  request.add_names(name);
  EXPECT_THAT(Refused(&Stub::BatchGetOpportunities, request), ElementsAre("names[1]"));
  for (int i = 0; i < 1000; ++i) request.add_names(name);
  EXPECT_THAT(Refused(&Stub::BatchGetOpportunities, request), ElementsAre("names"));
}

TEST_F(Malformed, Update) {
  EXPECT_THAT(Refused(&Stub::UpdateOpportunity, v1::UpdateOpportunityRequest()),
              ElementsAre("opportunity"));
  v1::UpdateOpportunityRequest request;
  request.mutable_opportunity()->set_name(Open().name());
  request.mutable_opportunity()->set_etag("not a number");
  request.mutable_opportunity()->set_owner(std::string(129, 'x'));
  request.set_request_id("x");
  request.mutable_update_mask()->add_paths("owner");
  request.mutable_update_mask()->add_paths("display_name");
  EXPECT_THAT(Refused(&Stub::UpdateOpportunity, request),
              ElementsAre("opportunity.display_name", "opportunity.etag", "opportunity.owner",
                          "request_id"));
}

TEST_F(Malformed, Moves) {
  v1::MoveOpportunityRequest move;
  EXPECT_THAT(Refused(&Stub::MoveOpportunity, move), ElementsAre("name", "stage"));
  move.set_name("x");
  move.set_etag("x");
  move.set_request_id("x");
  move.set_stage(std::string(64, 'x'));
  move.set_reason(Long());
  move.set_override_reason(Long());
  move.mutable_effective_time()->set_seconds(-999'999'999'999);
  EXPECT_THAT(Refused(&Stub::MoveOpportunity, move),
              ElementsAre("effective_time", "etag", "name", "override_reason", "reason",
                          "request_id", "stage"));
  v1::WinOpportunityRequest win;
  win.mutable_amount()->set_amount_minor(-5);
  win.set_override_reason(Long());
  EXPECT_THAT(Refused(&Stub::WinOpportunity, win),
              IsSupersetOf({"amount.amount_minor", "name", "override_reason"}));
  v1::LoseOpportunityRequest lose;
  EXPECT_THAT(Refused(&Stub::LoseOpportunity, lose), ElementsAre("loss_reason", "name"));
  lose.set_name("opportunities/" + NewUuid());
  lose.set_loss_reason(v1::LOSS_REASON_OTHER);
  EXPECT_THAT(Refused(&Stub::LoseOpportunity, lose), ElementsAre("note"));
  lose.set_loss_reason(static_cast<v1::LossReason>(99));
  lose.set_note(Long());
  EXPECT_THAT(Refused(&Stub::LoseOpportunity, lose), ElementsAre("loss_reason", "note"));
  EXPECT_THAT(Refused(&Stub::ReopenOpportunity, v1::ReopenOpportunityRequest()),
              ElementsAre("name", "reason", "stage"));
}

}  // namespace
}  // namespace crm::opportunity::testing
