// Orders of lists: what is not set, and paging while others write.

#include <atomic>
#include <set>
#include <thread>

#include "services/opportunity/rpc/opportunity_filters.h"
#include "tests/integration/opportunity/fixture.h"
#include "tests/support/await.h"
#include "tests/support/list_pages.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAreArray;

class Ordering : public OpportunityServiceTest {
 protected:
  // The names of all pages, in order; `between` runs after each.
  std::vector<std::string> Pages(
      const std::string& order, int size, const std::function<void()>& between = [] {}) {
    v1::ListOpportunitiesRequest request;
    request.set_order_by(order);
    request.set_page_size(size);
    return crm::testing::NamesOfPages(
        request, [this](const auto& page) { return Call(&Stub::ListOpportunities, page); },
        [](const auto& page) { return page.opportunities(); }, between);
  }

  // With that many minor units, and expected in that many days; -1: not set.
  v1::Opportunity OpenWith(int minor, int days) {
    v1::OpenOpportunityRequest request = OpenRequest();
    v1::Opportunity& it = *request.mutable_opportunity();
    if (minor >= 0) {
      it.mutable_amount()->set_currency_code("EUR");
      it.mutable_amount()->set_amount_minor(minor);
    }
    if (days >= 0) {
      const absl::CivilDay day = absl::CivilDay(2026, 1, 1) + days;
      it.mutable_expected_close_date()->set_year(static_cast<int>(day.year()));
      it.mutable_expected_close_date()->set_month(day.month());
      it.mutable_expected_close_date()->set_day(day.day());
    }
    return Open(request);
  }
};

TEST_F(Ordering, PutsWhatIsNotSetAtTheEndThatIsDocumented) {
  std::vector<std::string> names;
  for (const auto& [minor, days] :
       std::vector<std::pair<int, int>>{{5, 2}, {-1, 1}, {7, -1}, {0, 3}, {-1, -1}, {5, 0}}) {
    names.push_back(OpenWith(minor, days).name());
  }
  const auto expect = [&](const std::string& order, const std::vector<int>& places) {
    std::vector<std::string> expected;
    for (const int place : places) expected.push_back(names[place]);
    for (const int size : {1, 4, 100}) {
      EXPECT_THAT(Pages(order, size), ElementsAreArray(expected)) << order << " by " << size;
    }
  };
  // Names of one moment ascend, so equal ones keep their order.
  expect("amount", {1, 4, 3, 0, 5, 2});
  expect("amount desc", {2, 5, 0, 3, 4, 1});
  expect("expected_close_date", {5, 1, 0, 3, 2, 4});
  expect("expected_close_date desc", {4, 2, 3, 0, 1, 5});
  expect("create_time", {0, 1, 2, 3, 4, 5});
  expect("create_time desc", {5, 4, 3, 2, 1, 0});
  expect("update_time", {0, 1, 2, 3, 4, 5});
  Move(names[2], "contract");
  expect("update_time desc", {2, 5, 4, 3, 1, 0});
  expect("stage_enter_time", {0, 1, 3, 4, 5, 2});
}

TEST_F(Ordering, PagesUnderWritersRepeatNothingAndMissNothingThatStays) {
  std::vector<std::string> stay;
  std::vector<std::string> move;
  for (int i = 0; i < 40; ++i) {
    const int minor = i % 5 == 0 ? -1 : i % 7;
    (i % 2 == 0 ? stay : move).push_back(OpenWith(minor, i % 3 - 1).name());
  }
  std::atomic<bool> over = false;
  std::atomic<int> moves = 0;
  std::thread mover([&] {
    const char* const stages[] = {"proposal", "contract", "discovery"};
    for (size_t n = 0; !over; ++n) {
      v1::MoveOpportunityRequest request;
      request.set_name(move[n % move.size()]);
      request.set_stage(stages[n / move.size() % 3]);
      request.set_override_reason("tried");
      moves += Call(&Stub::MoveOpportunity, request).ok() ? 1 : 0;
    }
  });
  crm::testing::ExpectNothingRepeatedOrMissed<Opportunity>(
      OpportunityOrders(), stay, move,
      [&](const std::string& order) {
        return Pages(order, 3, [&moves] {
          // Some moves between any two pages.
          const int enough = moves + 3;
          EXPECT_TRUE(crm::testing::Await(absl::Seconds(30), [&] { return moves >= enough; }));
        });
      },
      [](const listing::Order& order) { return order.follows_clock; });
  over = true;
  mover.join();
}

TEST_F(Ordering, APageEndsAtThreeMebibytes) {
  const std::string text(4000, 'x');
  for (int i = 0; i < 40; ++i) {
    v1::OpenOpportunityRequest request = OpenRequest();
    for (int n = 0; n < 25; ++n) request.mutable_opportunity()->add_needs()->set_text(text);
    Open(request);
  }
  v1::ListOpportunitiesRequest request;
  request.set_page_size(1000);
  const auto page = Call(&Stub::ListOpportunities, request);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_GE(page->ByteSizeLong(), 3u << 20);
  EXPECT_LT(page->ByteSizeLong(), 4u << 20);
  EXPECT_LT(page->opportunities_size(), 40);
  const std::vector<std::string> all = Pages("", 1000);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 40u);
}

}  // namespace
}  // namespace crm::opportunity::testing
