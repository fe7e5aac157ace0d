// Leads that come in by themselves, beside a contact service in memory.

#include "tests/integration/lead/capture_fixture.h"

#include <thread>

namespace crm::lead::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST_F(CaptureTest, MakesTheContactAndItsLead) {
  v1::CaptureLeadRequest request = Form("anna@acme.example");
  request.mutable_contact()->set_domain("acme.example");
  request.mutable_contact()->set_organization("Acme");
  request.set_source_detail("spring fair");
  const v1::CaptureLeadResponse made = Capture(request);
  EXPECT_EQ(made.outcome(), v1::CAPTURE_OUTCOME_CREATED);
  EXPECT_TRUE(made.contact_created());
  EXPECT_EQ(made.lead().state(), v1::LEAD_STATE_NEW);
  EXPECT_EQ(made.lead().source(), type::v1::LEAD_SOURCE_WEB);
  EXPECT_EQ(made.lead().source_detail(), "spring fair");
  EXPECT_THAT(made.lead().interests(), ElementsAre("Presses"));
  EXPECT_EQ(made.lead().activity_count(), 1);
  const std::vector<ContactDraft> contacts = Service().registry().Made(tenant());
  ASSERT_THAT(contacts, SizeIs(2));
  const ContactDraft& person = contacts[0].person ? contacts[0] : contacts[1];
  const ContactDraft& organization = contacts[0].person ? contacts[1] : contacts[0];
  EXPECT_EQ(organization.display_name, "Acme");
  EXPECT_EQ(person.organization, organization.id);
  EXPECT_EQ(made.lead().contact(), "contacts/" + person.id.ToString());
  v1::ListActivitiesRequest list;
  list.set_name(made.lead().name());
  const auto activities = Call(&Stub::ListActivities, list);
  ASSERT_TRUE(activities.ok()) << activities.status();
  EXPECT_EQ(activities->activities(0).summary(), "Please call me.");
  EXPECT_EQ(activities->activities(0).direction(), v1::ACTIVITY_DIRECTION_INBOUND);
  EXPECT_EQ(History(made.lead().name()), "NEW");
}

TEST_F(CaptureTest, ALiveLeadForTheSameInterestIsReturned) {
  const v1::CaptureLeadRequest request = Form("anna@acme.example");
  const v1::CaptureLeadResponse made = Capture(request);
  v1::CaptureLeadRequest second = Again(request);
  second.set_interest("PRESSES ");
  const v1::CaptureLeadResponse existing = Capture(second);
  EXPECT_EQ(existing.outcome(), v1::CAPTURE_OUTCOME_EXISTING);
  EXPECT_EQ(existing.lead().name(), made.lead().name());
  EXPECT_FALSE(existing.contact_created());
  EXPECT_EQ(existing.lead().activity_count(), 2);
  v1::CaptureLeadRequest other = Again(request);
  other.set_interest("Folders");
  EXPECT_EQ(Capture(other).outcome(), v1::CAPTURE_OUTCOME_CREATED);
  EXPECT_EQ(Count("lead"), "2");
  EXPECT_THAT(Service().registry().Made(tenant()), SizeIs(1));
}

TEST_F(CaptureTest, ADisqualifiedLeadIsReopenedAndAConvertedOneIsNot) {
  const v1::CaptureLeadRequest request = Form("anna@acme.example");
  const std::string name = Capture(request).lead().name();
  v1::DisqualifyLeadRequest disqualify;
  disqualify.set_name(name);
  disqualify.set_reason(v1::DISQUALIFY_REASON_UNREACHABLE);
  ASSERT_TRUE(Call(&Stub::DisqualifyLead, disqualify).ok());
  const v1::CaptureLeadResponse reopened = Capture(Again(request));
  EXPECT_EQ(reopened.outcome(), v1::CAPTURE_OUTCOME_REOPENED);
  EXPECT_EQ(reopened.lead().name(), name);
  EXPECT_EQ(reopened.lead().state(), v1::LEAD_STATE_WORKING);
  EXPECT_EQ(History(name), "NEW,DISQUALIFIED,WORKING");
  v1::QualifyLeadRequest qualify;
  qualify.set_name(name);
  qualify.set_override_reason("known for years");
  ASSERT_TRUE(Call(&Stub::QualifyLead, qualify).ok());
  ASSERT_TRUE(Call(&Stub::ConvertLead, ConvertRequest(name)).ok());
  const v1::CaptureLeadResponse next = Capture(Again(request));
  EXPECT_EQ(next.outcome(), v1::CAPTURE_OUTCOME_CREATED);
  EXPECT_NE(next.lead().name(), name);
  EXPECT_EQ(next.lead().contact(), reopened.lead().contact());
}

TEST_F(CaptureTest, ARetryGetsTheFirstAnswerEvenWithTheContactServiceAway) {
  const v1::CaptureLeadRequest request = Form("anna@acme.example");
  const v1::CaptureLeadResponse first = Capture(request);
  ASSERT_TRUE(
      Log(first.lead().name(), v1::ACTIVITY_TYPE_CALL, v1::ACTIVITY_DIRECTION_OUTBOUND).ok());
  Service().registry().SetStatus(
      error::Unavailable(error::kNeighbourUnavailable, "away", absl::Seconds(1)));
  EXPECT_EQ(Capture(request).SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(Outcome(Call(&Stub::CaptureLead, Again(request))), "UNAVAILABLE NEIGHBOUR_UNAVAILABLE");
  v1::CaptureLeadRequest reused = request;
  reused.set_interest("Folders");
  EXPECT_EQ(Outcome(Call(&Stub::CaptureLead, reused)), "INVALID_ARGUMENT REQUEST_ID_REUSED");
}

TEST_F(CaptureTest, WhatTheContactServiceFindsWrongIsToldOfTheField) {
  Service().registry().SetStatus(error::FieldInvalid("domain", "must be a domain"));
  const auto refused = Call(&Stub::CaptureLead, Form("anna@acme.example"));
  EXPECT_EQ(Outcome(refused), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_THAT(Fields(refused.status()), ElementsAre("contact.domain"));
  Service().registry().SetStatus(absl::OkStatus());
  v1::CaptureLeadRequest nobody = Form("");
  nobody.mutable_contact()->set_phone("call me");
  EXPECT_THAT(Fields(Call(&Stub::CaptureLead, nobody).status()), ElementsAre("contact.phone"));
  EXPECT_EQ(Count("lead"), "0");
}

TEST_F(CaptureTest, WhatTheContactDoesNotHaveStandsInTheMessage) {
  v1::CaptureLeadRequest request = Form("");
  request.mutable_contact()->set_phone("+41446681800");
  request.mutable_contact()->set_organization("Acme");
  request.clear_note();
  const std::string name = Capture(request).lead().name();
  v1::CaptureLeadRequest second = Again(request);
  second.mutable_contact()->set_email("anna@home.example");
  EXPECT_EQ(Capture(second).lead().name(), name);
  EXPECT_EQ(Service().Sql("SELECT string_agg(summary, '|' ORDER BY record_time) FROM activity "
                          "WHERE tenant = '" +
                          tenant() + "'"),
            "Organization: Acme|Organization: Acme\nE-mail: anna@home.example");
}

TEST_F(CaptureTest, AContactThatWasDeletedMeanwhileIsMadeAnew) {
  const v1::CaptureLeadRequest request = Form("anna@acme.example");
  const v1::CaptureLeadResponse first = Capture(request);
  Service().registry().Delete(tenant(), *base::Uuid::Parse(first.lead().contact().substr(9)));
  const v1::CaptureLeadResponse second = Capture(Again(request));
  EXPECT_TRUE(second.contact_created());
  EXPECT_NE(second.lead().contact(), first.lead().contact());
  EXPECT_EQ(Capture(Again(request)).lead().name(), second.lead().name());
}

TEST_F(CaptureTest, ClaimsAreForgottenAfterAnHour) {
  Capture(Form("anna@acme.example"));
  EXPECT_EQ(Count("contact_claim"), "1");
  Service().clock().Advance(absl::Hours(2));
  Capture(Form("bert@acme.example"));
  EXPECT_EQ(Count("contact_claim"), "1");
}

}  // namespace
}  // namespace crm::lead::testing
