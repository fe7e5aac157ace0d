// ListRevisions of leads, and leads as they were.

#include "tests/support/field_history.h"

#include "services/lead/conversion/conversion_completer.h"
#include "tests/integration/lead/fixture.h"
#include "tests/support/await.h"

namespace crm::lead::testing {
namespace {

using ::crm::testing::ChangesIn;
using ::testing::Contains;
using ::testing::ElementsAre;
using Mode = FakeOpportunityOpener::Mode;

class LeadHistory : public LeadServiceTest {
 protected:
  absl::StatusOr<v1::Lead> AsOf(const std::string& name, int64_t revision) {
    v1::GetLeadRequest request;
    request.set_name(name);
    request.set_as_of_revision(revision);
    const auto response = Call(&Stub::GetLead, request);
    if (!response.ok()) return response.status();
    return response->lead();
  }
  absl::StatusOr<v1::Lead> AsOf(const std::string& name, const google::protobuf::Timestamp& time) {
    v1::GetLeadRequest request;
    request.set_name(name);
    *request.mutable_as_of_time() = time;
    const auto response = Call(&Stub::GetLead, request);
    if (!response.ok()) return response.status();
    return response->lead();
  }
  // Expects what was answered, and that the revisions in between (a conversion's first) are told.
  void ExpectTold(const std::vector<v1::Lead>& answered) {
    const std::string& name = answered[0].name();
    crm::testing::ExpectToldAsAnswered<v1::Lead>(
        answered, [&](int64_t revision) { return AsOf(name, revision); },
        [&](const google::protobuf::Timestamp& time) { return AsOf(name, time); });
  }
  std::vector<type::v1::Revision> Revisions(const std::string& name) {
    v1::ListRevisionsRequest request;
    request.set_name(name);
    const auto page = Call(&Stub::ListRevisions, request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return {};
    return {page->revisions().begin(), page->revisions().end()};
  }
};

TEST_F(LeadHistory, TellsEveryRevisionAsItWasAnswered) {
  std::vector<v1::Lead> answered = {Create()};
  const std::string name = answered[0].name();
  answered.push_back(Log(name, v1::ACTIVITY_TYPE_CALL, v1::ACTIVITY_DIRECTION_OUTBOUND)->lead());
  for (const v1::Criterion criterion :
       {v1::CRITERION_NEED, v1::CRITERION_ABILITY, v1::CRITERION_MARKET_PRESENCE,
        v1::CRITERION_TIMEFRAME, v1::CRITERION_AUTHORITY}) {
    answered.push_back(Assess(name, criterion, v1::FINDING_PARTLY_MET)->lead());
    answered.push_back(Assess(name, criterion, v1::FINDING_MET)->lead());
  }
  v1::QualifyLeadRequest qualify;
  qualify.set_name(name);
  answered.push_back(Call(&Stub::QualifyLead, qualify)->lead());
  v1::DisqualifyLeadRequest disqualify;
  disqualify.set_name(name);
  disqualify.set_reason(v1::DISQUALIFY_REASON_OTHER);
  disqualify.set_note("gone");
  answered.push_back(Call(&Stub::DisqualifyLead, disqualify)->lead());
  ExpectTold(answered);
  const std::vector<type::v1::Revision> revisions = Revisions(name);
  ASSERT_EQ(revisions.size(), answered.size());
  EXPECT_EQ(revisions[0].method(), "CreateLead");
  EXPECT_THAT(ChangesIn(revisions[1]), Contains("state: LEAD_STATE_NEW > LEAD_STATE_WORKING"));
  EXPECT_EQ(revisions[1].method(), "LogActivity");
  // Of the assessments those of the criterion that changed.
  ASSERT_EQ(revisions[5].changes_size(), 2);
  EXPECT_EQ(revisions[5].changes(1).field(), "standing");
  EXPECT_EQ(revisions[5].changes(0).field(), "current_assessments");
  EXPECT_EQ(revisions[5].changes(0).from().list_value().values_size(), 1);
  EXPECT_EQ(revisions[5].changes(0).to().list_value().values_size(), 1);
}

TEST_F(LeadHistory, TellsAConversionStepByStep) {
  const v1::Lead qualified = Qualified();
  const v1::ConvertLeadRequest request = ConvertRequest(qualified.name());
  const auto converted = Call(&Stub::ConvertLead, request);
  ASSERT_TRUE(converted.ok()) << converted.status();
  const int64_t last = std::stoll(converted->lead().etag());
  EXPECT_EQ(AsOf(qualified.name(), last)->opportunity(), converted->opportunity());
  EXPECT_EQ(AsOf(qualified.name(), last - 1)->state(), v1::LEAD_STATE_CONVERTING);
  EXPECT_EQ(AsOf(qualified.name(), last - 1)->opportunity(), converted->opportunity());
  EXPECT_EQ(AsOf(qualified.name(), last - 2)->ShortDebugString(), qualified.ShortDebugString());
  const std::vector<type::v1::Revision> revisions = Revisions(qualified.name());
  EXPECT_EQ(revisions[last - 1].method(), "ConvertLead");
  EXPECT_EQ(revisions[last - 1].actor(), "agent-7");
  EXPECT_THAT(ChangesIn(revisions[last - 2]),
              Contains("opportunity:  > " + converted->opportunity()));
}

TEST_F(LeadHistory, TellsWhatTheCompleterDidAndWhatWasTakenBack) {
  const v1::Lead qualified = Qualified();
  Service().opener().SetMode(Mode::kRefusing);
  const auto refused = Call(&Stub::ConvertLead, ConvertRequest(qualified.name()));
  Service().opener().SetMode(Mode::kNormal);
  EXPECT_FALSE(refused.ok());
  const v1::Lead again = Get(qualified.name());
  EXPECT_EQ(again.state(), v1::LEAD_STATE_QUALIFIED);
  const auto converted = Call(&Stub::ConvertLead, ConvertRequest(qualified.name()));
  ASSERT_TRUE(converted.ok()) << converted.status();
  const int64_t at = std::stoll(again.etag());
  EXPECT_EQ(AsOf(again.name(), at)->ShortDebugString(), again.ShortDebugString());
  EXPECT_NE(AsOf(again.name(), at - 1)->opportunity(), converted->opportunity());
  EXPECT_NE(AsOf(again.name(), at - 1)->opportunity(), "");
}

}  // namespace
}  // namespace crm::lead::testing
