// Orders of lists of leads: what is not set, and paging while others write.

#include <atomic>
#include <thread>

#include "services/lead/rpc/lead_filters.h"
#include "tests/integration/lead/fixture.h"
#include "tests/support/await.h"
#include "tests/support/list_pages.h"

namespace crm::lead::testing {
namespace {

using ::testing::ElementsAreArray;

class LeadOrdering : public LeadServiceTest {
 protected:
  std::vector<std::string> Pages(
      const std::string& order, int size, const std::function<void()>& between = [] {}) {
    v1::ListLeadsRequest request;
    request.set_order_by(order);
    request.set_page_size(size);
    return crm::testing::NamesOfPages(
        request, [this](const auto& page) { return Call(&Stub::ListLeads, page); },
        [](const auto& page) { return page.leads(); }, between);
  }

  // With its next step due on that day of May, and that many criteria met; -1: none.
  std::string CreateWith(int day, int met) {
    v1::CreateLeadRequest request = CreateRequest();
    if (day >= 0) {
      v1::NextStep& step = *request.mutable_lead()->mutable_next_step();
      step.set_text("Call them");
      step.mutable_due_date()->set_year(2026);
      step.mutable_due_date()->set_month(5);
      step.mutable_due_date()->set_day(day);
    }
    const std::string name = Create(request).name();
    for (int i = 0; i < met; ++i) {
      EXPECT_TRUE(Assess(name, static_cast<v1::Criterion>(i + 1), v1::FINDING_MET).ok());
    }
    if (met == 0) {
      EXPECT_TRUE(Assess(name, v1::CRITERION_NEED, v1::FINDING_NOT_MET).ok());
    }
    return name;
  }

  void LogOn(const std::string& name, int day) {
    v1::LogActivityRequest request;
    request.set_name(name);
    request.mutable_activity()->set_type(v1::ACTIVITY_TYPE_NOTE);
    rpc::SetTime(absl::FromCivil(absl::CivilDay(2026, 5, day), absl::UTCTimeZone()),
                 request.mutable_activity()->mutable_occur_time());
    EXPECT_TRUE(Call(&Stub::LogActivity, request).ok());
  }
};

TEST_F(LeadOrdering, PutsWhatIsNotSetAtTheEndThatIsDocumented) {
  std::vector<std::string> names;
  for (const auto& [day, met] :
       std::vector<std::pair<int, int>>{{5, 2}, {-1, 1}, {7, -1}, {1, 3}, {-1, -1}, {5, 0}}) {
    names.push_back(CreateWith(day, met));
  }
  const auto expect = [&](const std::string& order, const std::vector<int>& places) {
    std::vector<std::string> expected;
    for (const int place : places) expected.push_back(names[place]);
    for (const int size : {1, 4, 100}) {
      EXPECT_THAT(Pages(order, size), ElementsAreArray(expected)) << order << " by " << size;
    }
  };
  expect("score", {2, 4, 5, 1, 0, 3});
  expect("score desc", {3, 0, 1, 5, 4, 2});
  expect("next_step.due_date", {3, 0, 5, 2, 1, 4});
  expect("next_step.due_date desc", {4, 1, 2, 5, 0, 3});
  LogOn(names[4], 3);
  LogOn(names[1], 2);
  expect("last_activity_time", {0, 2, 3, 5, 1, 4});
  expect("last_activity_time desc", {4, 1, 5, 3, 2, 0});
  expect("create_time desc", {5, 4, 3, 2, 1, 0});
}

TEST_F(LeadOrdering, PagesUnderWritersRepeatNothingAndMissNothingThatStays) {
  std::vector<std::string> stay;
  std::vector<std::string> change;
  for (int i = 0; i < 40; ++i) {
    (i % 2 == 0 ? stay : change).push_back(CreateWith(i % 3 == 0 ? -1 : i % 5 + 1, i % 4 - 1));
  }
  std::atomic<bool> over = false;
  std::atomic<int> changes = 0;
  std::thread writer([&] {
    for (size_t n = 0; !over; ++n) {
      const std::string& name = change[n % change.size()];
      changes += Log(name, v1::ACTIVITY_TYPE_CALL, v1::ACTIVITY_DIRECTION_OUTBOUND).ok() ? 1 : 0;
      v1::UpdateLeadRequest update;
      update.mutable_lead()->set_name(name);
      update.mutable_lead()->set_owner(absl::StrCat("agent-", n % 7));
      changes += Call(&Stub::UpdateLead, update).ok() ? 1 : 0;
    }
  });
  crm::testing::ExpectNothingRepeatedOrMissed<Lead>(
      LeadOrders(), stay, change,
      [&](const std::string& order) {
        return Pages(order, 3, [&changes] {
          const int enough = changes + 3;
          EXPECT_TRUE(crm::testing::Await(absl::Seconds(30), [&] { return changes >= enough; }));
        });
      },
      [](const listing::Order& order) { return order.follows_clock; });
  over = true;
  writer.join();
}

}  // namespace
}  // namespace crm::lead::testing
