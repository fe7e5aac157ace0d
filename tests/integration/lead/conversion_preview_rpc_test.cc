// Plans of conversions, and conversions that keep to them.

#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {
namespace {

class PreviewTest : public LeadServiceTest {
 protected:
  PreviewTest() { Service().facts().Set(FakeConversionFacts::AllThere()); }
  ~PreviewTest() override { Service().facts().Set(FakeConversionFacts::AllThere()); }

  static v1::PreviewConversionRequest PreviewRequest(const v1::ConvertLeadRequest& convert) {
    v1::PreviewConversionRequest request;
    request.set_name(convert.name());
    request.set_opportunity_display_name(convert.opportunity_display_name());
    request.set_owner(convert.owner());
    return request;
  }
  absl::StatusOr<v1::PreviewConversionResponse> Preview(const v1::PreviewConversionRequest& request,
                                                        const std::string& tenant = "") {
    return CallOn(Service().conversion_stub(), &v1::ConversionService::Stub::PreviewConversion,
                  request, tenant);
  }
  // The call with the plan of itself.
  v1::ConvertLeadRequest Planned(const v1::ConvertLeadRequest& request) {
    const auto preview = Preview(PreviewRequest(request));
    EXPECT_TRUE(preview.ok()) << preview.status();
    EXPECT_EQ(preview->obstacles_size(), 0);
    v1::ConvertLeadRequest planned = request;
    planned.set_plan_token(preview->plan_token());
    return planned;
  }
};

TEST_F(PreviewTest, WritesNothingAndTellsThePlan) {
  const v1::ConvertLeadRequest request = ConvertRequest(Qualified().name());
  const std::string before = Service().Everything();
  const auto preview = Preview(PreviewRequest(request));
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(Service().Everything(), before);
  EXPECT_EQ(preview->obstacles_size(), 0);
  EXPECT_EQ(preview->organization(), "contacts/firm");
  ASSERT_GT(preview->fields_size(), 0);
  EXPECT_EQ(preview->fields(0).field(), "display_name");
  EXPECT_EQ(preview->fields(0).origin(), v1::PLANNED_FIELD_ORIGIN_REQUEST);
  EXPECT_EQ(Outcome(Preview(PreviewRequest(request), "stranger")), "NOT_FOUND RESOURCE_NOT_FOUND");
}

TEST_F(PreviewTest, WhatIsConvertedIsWhatWasPlanned) {
  const v1::ConvertLeadRequest request = Planned(ConvertRequest(Qualified().name()));
  const auto converted = Call(&Stub::ConvertLead, request);
  ASSERT_TRUE(converted.ok()) << converted.status();
  // Again, whatever has moved since.
  Service().facts().Set(ConversionFacts{});
  const auto again = Call(&Stub::ConvertLead, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->opportunity(), converted->opportunity());
}

TEST_F(PreviewTest, APlanWhoseGroundHasMovedIsNotCarriedOut) {
  const v1::ConvertLeadRequest request = Planned(ConvertRequest(Qualified().name()));
  ConversionFacts moved = FakeConversionFacts::AllThere();
  moved.contact_version = "2";
  Service().facts().Set(moved);
  const auto contact = Call(&Stub::ConvertLead, request);
  EXPECT_EQ(Outcome(contact), "ABORTED PLAN_MOVED");
  EXPECT_EQ(Metadata(contact.status(), "moved"), "contact");
  moved.pipeline_etag = "2";
  Service().facts().Set(moved);
  v1::UpdateLeadRequest update;
  update.mutable_lead()->set_name(request.name());
  update.mutable_lead()->set_owner("b");
  ASSERT_TRUE(Call(&Stub::UpdateLead, update).ok());
  EXPECT_EQ(Metadata(Call(&Stub::ConvertLead, request).status(), "moved"),
            "lead, contact, pipeline");
  EXPECT_EQ(Get(request.name()).state(), v1::LEAD_STATE_QUALIFIED);
  EXPECT_TRUE(Call(&Stub::ConvertLead, Planned(ConvertRequest(request.name()))).ok());
}

TEST_F(PreviewTest, APlanIsForItsArguments) {
  v1::ConvertLeadRequest request = Planned(ConvertRequest(Qualified().name()));
  request.set_owner("someone else");
  const auto other = Call(&Stub::ConvertLead, request);
  EXPECT_EQ(Outcome(other), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_THAT(Fields(other.status()), ::testing::ElementsAre("plan_token"));
  request.set_plan_token("nonsense");
  EXPECT_EQ(Outcome(Call(&Stub::ConvertLead, request)), "INVALID_ARGUMENT FIELD_INVALID");
}

TEST_F(PreviewTest, WithoutNeighboursThereIsNoPlan) {
  const v1::ConvertLeadRequest request = Planned(ConvertRequest(Qualified().name()));
  Service().facts().Set(error::Unavailable(error::kNeighbourUnavailable, "away", absl::Seconds(1)));
  EXPECT_EQ(Outcome(Preview(PreviewRequest(request))), "UNAVAILABLE NEIGHBOUR_UNAVAILABLE");
  EXPECT_EQ(Outcome(Call(&Stub::ConvertLead, request)), "UNAVAILABLE NEIGHBOUR_UNAVAILABLE");
  EXPECT_TRUE(Call(&Stub::ConvertLead, ConvertRequest(request.name())).ok()) << "without a plan";
}

TEST_F(PreviewTest, AnEmployerIsToldAndPartOfThePlan) {
  v1::ConvertLeadRequest convert = ConvertRequest(Qualified().name());
  v1::PreviewConversionRequest request = PreviewRequest(convert);
  request.mutable_new_organization()->set_display_name("Acme");
  const auto made = Preview(request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->employer_match(), v1::EMPLOYER_MATCH_NEW);
  EXPECT_EQ(made->employer(), "");
  convert.set_plan_token(made->plan_token());
  EXPECT_EQ(Outcome(Call(&Stub::ConvertLead, convert)), "INVALID_ARGUMENT FIELD_INVALID")
      << "without the organization it is another plan";
  request.set_organization("contacts/" + NewUuid());
  EXPECT_EQ(Outcome(Preview(request)), "INVALID_ARGUMENT FIELD_INVALID") << "both";
  request.clear_new_organization();
  const auto named = Preview(request);
  ASSERT_TRUE(named.ok()) << named.status();
  EXPECT_EQ(named->employer_match(), v1::EMPLOYER_MATCH_REQUEST);
  EXPECT_EQ(named->employer(), request.organization());
  convert.set_organization(request.organization());
  convert.set_plan_token(named->plan_token());
  EXPECT_TRUE(Call(&Stub::ConvertLead, convert).ok());
}

}  // namespace
}  // namespace crm::lead::testing
