#include <google/protobuf/util/message_differencer.h>

#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;

class Opening : public OpportunityServiceTest {};
class Updating : public OpportunityServiceTest {
 protected:
  absl::StatusOr<v1::UpdateOpportunityResponse> Update(const v1::Opportunity& opportunity,
                                                       const std::vector<std::string>& mask) {
    v1::UpdateOpportunityRequest request;
    *request.mutable_opportunity() = opportunity;
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    return Call(&Stub::UpdateOpportunity, request);
  }
};

v1::Opportunity Full(v1::Opportunity it) {
  it.mutable_amount()->set_currency_code("EUR");
  it.mutable_amount()->set_amount_minor(123456);
  it.mutable_expected_close_date()->set_year(2027);
  it.mutable_expected_close_date()->set_month(2);
  it.mutable_expected_close_date()->set_day(28);
  v1::Need* const need = it.add_needs();
  need->set_text("presses – vierzig");
  need->set_strength(v1::NEED_STRENGTH_STRONG);
  need->mutable_confirm_time()->set_seconds(1700000000);
  need->set_confirmed_by("agent-7");
  it.mutable_present_supplier()->set_status(v1::SUPPLIER_STATUS_RELEASED);
  it.mutable_present_supplier()->set_display_name("Old Ltd");
  it.mutable_payment_terms()->set_status(v1::PAYMENT_TERMS_STATUS_AGREED);
  it.mutable_payment_terms()->set_net_days(0);
  it.mutable_contract()->set_status(v1::CONTRACT_STATUS_SIGNED);
  v1::ContactRole* const role = it.add_contact_roles();
  role->set_contact(it.contact());
  role->set_role(type::v1::BUYING_ROLE_DECISION_MAKER);
  role->set_primary(true);
  it.add_interests("press");
  it.set_lead_source(type::v1::LEAD_SOURCE_PARTNER);
  v1::LineItem* const item = it.add_line_items();
  item->set_product("press");
  item->set_quantity_thousandths(2'000);
  item->mutable_unit_price()->set_currency_code("EUR");
  item->mutable_unit_price()->set_amount_minor(61728);
  *item->mutable_amount() = it.amount();
  v1::Competitor* const competitor = it.add_competitors();
  competitor->set_display_name("Rival Ltd");
  competitor->set_status(v1::COMPETITOR_STATUS_ACTIVE);
  competitor->set_note("cheap");
  it.mutable_next_step()->set_text("Call them");
  *it.mutable_next_step()->mutable_due_date() = it.expected_close_date();
  v1::TeamMember* const member = it.add_team();
  member->set_actor("agent-9");
  member->set_role("engineer");
  (*it.mutable_attributes())["region"] = "north";
  (*it.mutable_attributes())["vip"] = "yes";
  return it;
}

TEST_F(Opening, GivesBackWhatCanBeReadAgain) {
  v1::OpenOpportunityRequest request = OpenRequest();
  *request.mutable_opportunity() = Full(request.opportunity());
  request.mutable_opportunity()->set_external_id("deal-1");
  const v1::Opportunity opened = Open(request);
  EXPECT_EQ(opened.stage(), "discovery");
  EXPECT_EQ(opened.stage_type(), v1::STAGE_TYPE_OPEN);
  EXPECT_EQ(opened.pipeline(), "pipelines/default");
  EXPECT_EQ(opened.probability(), 20);
  EXPECT_FALSE(opened.probability_manual());
  EXPECT_EQ(opened.forecast_category(), v1::FORECAST_CATEGORY_PIPELINE);
  EXPECT_EQ(opened.stage_version(), 1);
  EXPECT_EQ(opened.amount().amount_minor(), 123456);
  EXPECT_TRUE(opened.payment_terms().has_net_days());
  EXPECT_EQ(opened.needs(0).text(), "presses – vierzig");
  EXPECT_EQ(opened.line_items(0).amount().amount_minor(), 123456);
  EXPECT_EQ(opened.attributes().at("region"), "north");
  EXPECT_FALSE(opened.has_delete_time());
  EXPECT_EQ(opened.cloned_from(), "");
  EXPECT_FALSE(opened.has_close_time());
  EXPECT_TRUE(MessageDifferencer::Equals(opened, Get(opened.name())))
      << opened.DebugString() << Get(opened.name()).DebugString();
}

TEST_F(Opening, MayLieInThePastAndUnderAnIdOfTheCallers) {
  v1::OpenOpportunityRequest request = OpenRequest();
  request.set_opportunity_id(NewUuid());
  request.mutable_effective_time()->set_seconds(1476921600);
  const v1::Opportunity opened = Open(request);
  EXPECT_EQ(opened.name(), "opportunities/" + request.opportunity_id());
  EXPECT_EQ(opened.open_time().seconds(), 1476921600);
  EXPECT_EQ(opened.stage_enter_time().seconds(), 1476921600);
  EXPECT_GT(opened.create_time().seconds(), 1476921600);
}

TEST_F(Opening, NotInTheFuture) {
  v1::OpenOpportunityRequest request = OpenRequest();
  request.mutable_effective_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 3600);
  const auto result = Call(&Stub::OpenOpportunity, request);
  EXPECT_EQ(Outcome(result), "INVALID_ARGUMENT EFFECTIVE_TIME_INVALID");
  EXPECT_THAT(Fields(result), ElementsAre("effective_time"));
  EXPECT_NE(Metadata(result.status(), "latest"), "");
}

TEST_F(Opening, ATakenIdTellsItsHolder) {
  v1::OpenOpportunityRequest request = OpenRequest();
  request.set_opportunity_id(NewUuid());
  const v1::Opportunity opened = Open(request);
  const auto again = Call(&Stub::OpenOpportunity, request);
  EXPECT_EQ(Outcome(again), "ALREADY_EXISTS DUPLICATE_ID");
  EXPECT_EQ(Metadata(again.status(), "name"), opened.name());
  EXPECT_EQ(Metadata(again.status(), "lead"), opened.lead());
  EXPECT_TRUE(Call(&Stub::OpenOpportunity, request, "another").ok());
}

TEST_F(Opening, ATakenExternalIdTellsItsHolder) {
  v1::OpenOpportunityRequest request = OpenRequest();
  request.mutable_opportunity()->set_external_id("deal-1");
  const v1::Opportunity opened = Open(request);
  const auto again = Call(&Stub::OpenOpportunity, request);
  EXPECT_EQ(Outcome(again), "ALREADY_EXISTS DUPLICATE_ID");
  EXPECT_EQ(Metadata(again.status(), "field"), "external_id");
  EXPECT_EQ(Metadata(again.status(), "existing"), opened.name());
}

TEST_F(Opening, InAnUnknownPipelineIsRefused) {
  v1::OpenOpportunityRequest request = OpenRequest();
  request.mutable_opportunity()->set_pipeline("pipelines/renewals");
  const auto result = Call(&Stub::OpenOpportunity, request);
  EXPECT_EQ(Outcome(result), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
  EXPECT_EQ(Metadata(result.status(), "resource"), "pipelines/renewals");
}

TEST_F(Updating, ChangesWhatTheMaskNamesAndNothingElse) {
  const v1::Opportunity opened = Open();
  v1::Opportunity wanted = Full(opened);
  wanted.set_display_name("not named");
  const auto updated =
      Update(wanted, {"amount", "expected_close_date", "needs", "present_supplier", "payment_terms",
                      "contract", "contact_roles", "interests", "line_items", "competitors",
                      "next_step", "team", "attributes", "lead_source"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  v1::Opportunity expected = Full(opened);
  expected.set_etag("2");
  *expected.mutable_update_time() = updated->opportunity().update_time();
  EXPECT_TRUE(MessageDifferencer::Equals(updated->opportunity(), expected))
      << updated->opportunity().DebugString();
  EXPECT_TRUE(MessageDifferencer::Equals(Get(opened.name()), expected));
}

TEST_F(Updating, AnEmptyMaskWritesWhatIsPopulatedAndAStarEverything) {
  const v1::Opportunity opened = Open();
  v1::Opportunity patch;
  patch.set_name(opened.name());
  patch.set_external_id("deal-9");
  const auto patched = Update(patch, {});
  ASSERT_TRUE(patched.ok()) << patched.status();
  EXPECT_EQ(patched->opportunity().external_id(), "deal-9");
  EXPECT_EQ(patched->opportunity().owner(), "agent-7");
  patch.set_display_name("only this");
  const auto replaced = Update(patch, {"*"});
  ASSERT_TRUE(replaced.ok()) << replaced.status();
  EXPECT_EQ(replaced->opportunity().owner(), "");
  EXPECT_EQ(replaced->opportunity().probability(), 20);
  EXPECT_FALSE(replaced->opportunity().probability_manual());
}

TEST_F(Updating, NothingNewKeepsTheEtag) {
  const v1::Opportunity opened = Open();
  const auto updated = Update(opened, {});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_TRUE(MessageDifferencer::Equals(updated->opportunity(), opened));
}

TEST_F(Updating, RefusesPathsThatAreNotToBeSet) {
  const v1::Opportunity opened = Open();
  const auto result =
      Update(opened, {"stage", "contact", "colour", "owner", "amount.currency_code"});
  EXPECT_EQ(Outcome(result), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_FALSE(Fields(result).empty());
  EXPECT_EQ(Outcome(Update(opened, {"amount.currency_code"})), "INVALID_ARGUMENT FIELD_INVALID");
}

TEST_F(Updating, AProbabilitySetByHandSurvivesUntilTheNextStage) {
  v1::Opportunity it = Open();
  it.clear_etag();
  it.set_probability(77);
  ASSERT_TRUE(Update(it, {"probability"}).ok());
  it.set_display_name("Fifty presses");
  const auto renamed = Update(it, {"display_name"});
  ASSERT_TRUE(renamed.ok());
  EXPECT_EQ(renamed->opportunity().probability(), 77);
  EXPECT_TRUE(renamed->opportunity().probability_manual());
  const v1::Opportunity moved = Move(it.name(), "proposal");
  EXPECT_EQ(moved.probability(), 60);
  EXPECT_FALSE(moved.probability_manual());
}

TEST_F(Updating, AClosedOneKeepsItsProbability) {
  v1::Opportunity it = Win(Open().name());
  it.clear_etag();
  EXPECT_EQ(it.probability(), 100);
  EXPECT_EQ(it.forecast_category(), v1::FORECAST_CATEGORY_CLOSED);
  it.set_display_name("echoed whole");
  EXPECT_TRUE(Update(it, {}).ok());
  it.set_probability(50);
  EXPECT_EQ(Outcome(Update(it, {"probability"})), "FAILED_PRECONDITION STATE_INVALID");
}

TEST_F(Updating, AStaleEtagIsRefused) {
  v1::Opportunity it = Open();
  Move(it.name(), "proposal");
  it.set_owner("agent-8");
  EXPECT_EQ(Outcome(Update(it, {"owner"})), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(Get(it.name()).owner(), "agent-7");
}

}  // namespace
}  // namespace crm::opportunity::testing
