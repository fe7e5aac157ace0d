// UpdateActivity.

#include <thread>

#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {
namespace {

class EditingActivities : public LeadServiceTest {
 protected:
  // An edit of an activity of the lead, "by" nobody in particular.
  static v1::UpdateActivityRequest EditRequest(const std::string& lead,
                                               const v1::Activity& activity) {
    v1::UpdateActivityRequest request;
    request.set_name(lead);
    request.mutable_activity()->set_id(activity.id());
    return request;
  }
  v1::Activity Logged(const std::string& lead, v1::ActivityDirection direction) {
    return Log(lead, v1::ACTIVITY_TYPE_EMAIL, direction)->activity();
  }
  std::vector<v1::Activity> Listed(const std::string& lead) {
    v1::ListActivitiesRequest request;
    request.set_name(lead);
    const auto page = Call(&Stub::ListActivities, request);
    EXPECT_TRUE(page.ok()) << page.status();
    return {page->activities().begin(), page->activities().end()};
  }
};

TEST_F(EditingActivities, ChangesItAndWhatTheLeadCounts) {
  const std::string lead = Create().name();
  Logged(lead, v1::ACTIVITY_DIRECTION_OUTBOUND);
  const v1::Activity activity = Logged(lead, v1::ACTIVITY_DIRECTION_OUTBOUND);
  EXPECT_FALSE(Get(lead).two_way_contact());
  v1::UpdateActivityRequest request = EditRequest(lead, activity);
  request.mutable_activity()->set_direction(v1::ACTIVITY_DIRECTION_INBOUND);
  request.mutable_activity()->set_summary("They wrote");
  const auto edited = Call(&Stub::UpdateActivity, request);
  ASSERT_TRUE(edited.ok()) << edited.status();
  EXPECT_EQ(edited->activity().summary(), "They wrote");
  EXPECT_EQ(edited->activity().type(), v1::ACTIVITY_TYPE_EMAIL);
  EXPECT_TRUE(edited->activity().has_update_time());
  EXPECT_TRUE(edited->lead().two_way_contact());
  EXPECT_EQ(edited->lead().activity_count(), 2);
  EXPECT_EQ(Get(lead).SerializeAsString(), edited->lead().SerializeAsString());
  EXPECT_EQ(Listed(lead)[0].SerializeAsString(), edited->activity().SerializeAsString());
}

TEST_F(EditingActivities, KnowsOnlyActivitiesOfTheLead) {
  const std::string lead = Create().name();
  const v1::Activity activity = Logged(lead, v1::ACTIVITY_DIRECTION_INBOUND);
  EXPECT_EQ(Reason(Call(&Stub::UpdateActivity, EditRequest(Create().name(), activity))),
            "RESOURCE_NOT_FOUND");
}

TEST_F(EditingActivities, IsRefusedAfterADayAndAnswersARepeatedRequestAgain) {
  const std::string lead = Create().name();
  v1::UpdateActivityRequest request =
      EditRequest(lead, Logged(lead, v1::ACTIVITY_DIRECTION_INBOUND));
  request.mutable_activity()->set_summary("more");
  request.set_request_id(NewUuid());
  const auto first = Call(&Stub::UpdateActivity, request);
  ASSERT_TRUE(first.ok()) << first.status();
  Service().Sql(
      absl::StrCat("UPDATE activity SET record_time = record_time - interval '24 hours' "
                   "WHERE tenant = '",
                   tenant(), "'"));
  const auto again = Call(&Stub::UpdateActivity, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  request.clear_request_id();
  request.mutable_activity()->set_summary("much more");
  EXPECT_EQ(Reason(Call(&Stub::UpdateActivity, request)), "ACTIVITY_SETTLED");
}

TEST_F(EditingActivities, CountsRightBesideOthersThatLogAndEdit) {
  const std::string lead = Create().name();
  std::vector<v1::Activity> activities;
  for (int i = 0; i < 4; ++i) {
    activities.push_back(Logged(lead, v1::ACTIVITY_DIRECTION_OUTBOUND));
  }
  std::atomic<int> edited = 0;
  std::vector<std::thread> threads;
  for (const v1::Activity& activity : activities) {
    threads.emplace_back([&, activity] {
      v1::UpdateActivityRequest request = EditRequest(lead, activity);
      request.mutable_activity()->set_summary("edited");
      for (int tries = 0; tries < 50; ++tries) {
        const auto answer = Call(&Stub::UpdateActivity, request);
        edited += answer.ok() ? 1 : 0;
        if (answer.ok()) return;
        EXPECT_EQ(Reason(answer), "WRITE_CONFLICT");
      }
    });
    threads.emplace_back([&] { Logged(lead, v1::ACTIVITY_DIRECTION_INBOUND); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(edited, 4);
  EXPECT_EQ(Get(lead).activity_count(), 8);
  EXPECT_TRUE(Get(lead).two_way_contact());
}

}  // namespace
}  // namespace crm::lead::testing
