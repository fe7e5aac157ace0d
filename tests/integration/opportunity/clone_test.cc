// CloneOpportunity: renewals.

#include <google/protobuf/util/message_differencer.h>

#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAre;

class Cloning : public OpportunityServiceTest {
 protected:
  v1::Opportunity Source() {
    v1::OpenOpportunityRequest request = OpenRequest();
    v1::Opportunity& it = *request.mutable_opportunity();
    it.set_external_id("deal-1");
    v1::LineItem& item = *it.add_line_items();
    item.set_product("press");
    item.set_quantity_thousandths(2'000);
    item.mutable_unit_price()->set_currency_code("EUR");
    item.mutable_unit_price()->set_amount_minor(250);
    it.add_needs()->set_text("paper");
    (*it.mutable_attributes())["region"] = "north";
    return Open(request);
  }
  static v1::CloneOpportunityRequest RequestFor(const std::string& name) {
    v1::CloneOpportunityRequest request;
    request.set_name(name);
    request.set_request_id(NewUuid());
    return request;
  }
};

TEST_F(Cloning, MakesANewOneOfAWonOneAndLeavesItsSource) {
  const v1::Opportunity source = Win(Source().name());
  v1::CloneOpportunityRequest request = RequestFor(source.name());
  request.set_display_name("Forty presses, renewed");
  request.set_opportunity_id(NewUuid());
  const auto cloned = Call(&Stub::CloneOpportunity, request);
  ASSERT_TRUE(cloned.ok()) << cloned.status();
  const v1::Opportunity& it = cloned->opportunity();
  EXPECT_EQ(it.name(), "opportunities/" + request.opportunity_id());
  EXPECT_EQ(it.cloned_from(), source.name());
  EXPECT_EQ(it.display_name(), "Forty presses, renewed");
  EXPECT_EQ(it.stage(), "discovery");
  EXPECT_EQ(it.stage_version(), 1);
  EXPECT_EQ(it.contact(), source.contact());
  EXPECT_EQ(it.owner(), source.owner());
  EXPECT_EQ(it.amount().amount_minor(), 500);
  EXPECT_EQ(it.attributes().at("region"), "north");
  EXPECT_EQ(it.lead(), "");
  EXPECT_EQ(it.external_id(), "");
  EXPECT_EQ(it.needs_size(), 0);
  using google::protobuf::util::MessageDifferencer;
  EXPECT_TRUE(MessageDifferencer::Equals(it, Get(it.name())));
  EXPECT_TRUE(MessageDifferencer::Equals(source, Get(source.name())));
  EXPECT_EQ(History(it.name()).size(), 1u);
}

TEST_F(Cloning, CopiesWhatTheMaskNames) {
  v1::CloneOpportunityRequest request = RequestFor(Source().name());
  request.mutable_copy_mask()->add_paths("line_items");
  const auto cloned = Call(&Stub::CloneOpportunity, request);
  ASSERT_TRUE(cloned.ok()) << cloned.status();
  EXPECT_EQ(cloned->opportunity().owner(), "");
  EXPECT_EQ(cloned->opportunity().amount().amount_minor(), 500);
  request.mutable_copy_mask()->add_paths("needs");
  request.mutable_copy_mask()->add_paths("lead");
  request.set_request_id(NewUuid());
  EXPECT_THAT(Fields(Call(&Stub::CloneOpportunity, request)),
              ElementsAre("copy_mask", "copy_mask"));
}

TEST_F(Cloning, RepeatedGivesTheFirstAnswerWhateverBecameOfTheSource) {
  const std::string source = Source().name();
  const v1::CloneOpportunityRequest request = RequestFor(source);
  const auto first = Call(&Stub::CloneOpportunity, request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(Call(&Stub::CloneOpportunity, request)->opportunity().name(),
            first->opportunity().name());
  v1::DeleteOpportunityRequest deletion;
  deletion.set_name(source);
  ASSERT_EQ(Outcome(Call(&Stub::DeleteOpportunity, deletion)), "OK");
  const auto again = Call(&Stub::CloneOpportunity, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->opportunity().name(), first->opportunity().name());
  const auto fresh = Call(&Stub::CloneOpportunity, RequestFor(source));
  EXPECT_EQ(Outcome(fresh), "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_EQ(Metadata(fresh.status(), "resource"), source);
}

}  // namespace
}  // namespace crm::opportunity::testing
