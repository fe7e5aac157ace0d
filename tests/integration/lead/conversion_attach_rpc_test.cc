// Conversions that attach a lead to an opportunity that is there.

#include "common/error/refusals.h"
#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {
namespace {

class AttachTest : public LeadServiceTest {
 protected:
  AttachTest() { Set(Attachable()); }
  ~AttachTest() override {
    Service().facts().Set(FakeConversionFacts::AllThere());
    Set(AttachmentOutlook());
  }

  static void Set(const absl::StatusOr<AttachmentOutlook>& outlook) {
    Service().facts().SetAttachment(outlook);
  }
  static AttachmentOutlook Attachable() {
    return {absl::OkStatus(),
            "4",
            {{"display_name", "A sale", FieldOrigin::kOpportunity},
             {"owner", "agent-7", FieldOrigin::kLead},
             {"amount", "7 USD", FieldOrigin::kLead}}};
  }
  static v1::ConvertLeadRequest AttachRequest(const std::string& lead) {
    v1::ConvertLeadRequest request = ConvertRequest(lead);
    request.clear_opportunity_display_name();
    request.set_opportunity("opportunities/" + NewUuid());
    return request;
  }
  absl::StatusOr<v1::PreviewConversionResponse> Preview(const v1::ConvertLeadRequest& convert) {
    v1::PreviewConversionRequest request;
    request.set_name(convert.name());
    request.set_opportunity(convert.opportunity());
    return CallOn(Service().conversion_stub(), &v1::ConversionService::Stub::PreviewConversion,
                  request);
  }
};

TEST_F(AttachTest, TheLeadIsConvertedIntoThatOpportunity) {
  const v1::ConvertLeadRequest request = AttachRequest(Qualified().name());
  const auto converted = Call(&Stub::ConvertLead, request);
  ASSERT_TRUE(converted.ok()) << converted.status();
  EXPECT_EQ(converted->opportunity(), request.opportunity());
  EXPECT_EQ(converted->lead().state(), v1::LEAD_STATE_CONVERTED);
  EXPECT_EQ(Get(request.name()).opportunity(), request.opportunity());
  const OpportunityOrder order = Service().opener().latest_order();
  EXPECT_EQ(OpportunityName(order.opportunity), request.opportunity());
  EXPECT_EQ(order.plan.opportunity, order.opportunity);
  v1::GetConversionRequest get;
  get.set_name("conversions/" + request.request_id());
  const auto conversion =
      CallOn(Service().conversion_stub(), &v1::ConversionService::Stub::GetConversion, get);
  ASSERT_TRUE(conversion.ok()) << conversion.status();
  EXPECT_EQ(conversion->conversion().opportunity(), request.opportunity());
  // Again, whatever has become of it.
  Set(AttachmentOutlook{error::NotFound(request.opportunity()), "", {}});
  const auto again = Call(&Stub::ConvertLead, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), converted->SerializeAsString());
}

TEST_F(AttachTest, WhatIsRefusedBeforehandBeginsNothing) {
  const v1::ConvertLeadRequest request = AttachRequest(Qualified().name());
  Set(AttachmentOutlook{error::NotFound(request.opportunity()), "", {}});
  EXPECT_EQ(Outcome(Call(&Stub::ConvertLead, request)), "NOT_FOUND RESOURCE_NOT_FOUND");
  Set(AttachmentOutlook{error::StateInvalid(request.opportunity(), "won", "closed"), "4", {}});
  EXPECT_EQ(Outcome(Call(&Stub::ConvertLead, request)), "FAILED_PRECONDITION STATE_INVALID");
  Set(error::Unavailable(error::kNeighbourUnavailable, "away", absl::Seconds(1)));
  EXPECT_EQ(Outcome(Call(&Stub::ConvertLead, request)), "UNAVAILABLE NEIGHBOUR_UNAVAILABLE");
  Set(Attachable());
  Service().facts().Set(ConversionFacts{});
  EXPECT_EQ(Outcome(Call(&Stub::ConvertLead, request)), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
  EXPECT_EQ(Get(request.name()).state(), v1::LEAD_STATE_QUALIFIED);
  EXPECT_EQ(Service().Sql("SELECT count(*) FROM conversion WHERE lead = '" +
                          request.name().substr(6) + "'"),
            "0");
}

TEST_F(AttachTest, WhatIsRefusedAfterwardsLeavesTheLeadQualified) {
  Service().opener().SetMode(FakeOpportunityOpener::Mode::kRefusing);
  const v1::ConvertLeadRequest request = AttachRequest(Qualified().name());
  EXPECT_EQ(Reason(Call(&Stub::ConvertLead, request)), "CONVERSION_REFUSED");
  Service().opener().SetMode(FakeOpportunityOpener::Mode::kNormal);
  EXPECT_EQ(Get(request.name()).state(), v1::LEAD_STATE_QUALIFIED);
  EXPECT_TRUE(Call(&Stub::ConvertLead, AttachRequest(request.name())).ok());
}

TEST_F(AttachTest, TheCustomerIsTheOrganizationOfTheLeadOrElseOfItsContact) {
  ConversionFacts facts = FakeConversionFacts::AllThere();
  facts.organization = "contacts/" + NewUuid();
  Service().facts().Set(facts);
  ASSERT_TRUE(Call(&Stub::ConvertLead, AttachRequest(Qualified().name())).ok());
  EXPECT_EQ("contacts/" + Service().opener().latest_order().plan.organization->ToString(),
            facts.organization);
  v1::UpdateLeadRequest update;
  update.mutable_lead()->set_name(Qualified().name());
  update.mutable_lead()->set_organization("contacts/" + NewUuid());
  ASSERT_TRUE(Call(&Stub::UpdateLead, update).ok());
  ASSERT_TRUE(Call(&Stub::ConvertLead, AttachRequest(update.lead().name())).ok());
  EXPECT_EQ("contacts/" + Service().opener().latest_order().plan.organization->ToString(),
            update.lead().organization());
}

TEST_F(AttachTest, ThePreviewTellsWhatIsFilledAndWhatIsThere) {
  v1::ConvertLeadRequest request = AttachRequest(Qualified().name());
  const std::string before = Service().Everything();
  const auto preview = Preview(request);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(Service().Everything(), before);
  EXPECT_EQ(preview->obstacles_size(), 0);
  ASSERT_EQ(preview->fields_size(), 3);
  EXPECT_EQ(preview->fields(0).origin(), v1::PLANNED_FIELD_ORIGIN_OPPORTUNITY);
  EXPECT_EQ(preview->fields(1).origin(), v1::PLANNED_FIELD_ORIGIN_LEAD);
  EXPECT_EQ(preview->fields(2).origin(), v1::PLANNED_FIELD_ORIGIN_REQUEST);
  request.set_plan_token(preview->plan_token());
  AttachmentOutlook moved = Attachable();
  moved.etag = "5";
  Set(moved);
  const auto stale = Call(&Stub::ConvertLead, request);
  EXPECT_EQ(Outcome(stale), "ABORTED PLAN_MOVED");
  EXPECT_EQ(Metadata(stale.status(), "moved"), "opportunity");
  Set(Attachable());
  EXPECT_TRUE(Call(&Stub::ConvertLead, request).ok());
}

TEST_F(AttachTest, ThePreviewTellsWhatStandsInTheWay) {
  const v1::ConvertLeadRequest request = AttachRequest(Qualified().name());
  Set(AttachmentOutlook{error::NotFound(request.opportunity()), "", {}});
  const auto preview = Preview(request);
  ASSERT_TRUE(preview.ok()) << preview.status();
  ASSERT_EQ(preview->obstacles_size(), 1);
  EXPECT_EQ(preview->obstacles(0).reason(), "RESOURCE_NOT_FOUND");
}

TEST_F(AttachTest, ThereIsEitherAnOpportunityOrWhatANewOneIsMadeOf) {
  v1::ConvertLeadRequest request = AttachRequest(Qualified().name());
  request.set_opportunity_display_name("Forty presses");
  request.set_pipeline("pipelines/default");
  const auto both = Call(&Stub::ConvertLead, request);
  EXPECT_EQ(Outcome(both), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_THAT(Fields(both.status()),
              ::testing::UnorderedElementsAre("opportunity_display_name", "pipeline"));
}

}  // namespace
}  // namespace crm::lead::testing
