#include "common/event/freshness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace crm::event {
namespace {

using ::testing::HasSubstr;

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

class FreshnessTest : public ::testing::Test {
 protected:
  static LogRow Row(int64_t sequence, absl::Time changed) {
    LogRow row;
    row.sequence = sequence;
    row.event_id = base::Uuid::V7(changed);
    row.milliseconds = absl::ToUnixMillis(changed + absl::Seconds(100));
    return row;
  }
  void Send(const std::vector<LogRow>& rows) { freshness_.Sent(rows); }
  // How many took at most `seconds`, and how many in all.
  void ExpectCounts(const std::string& seconds, int within, int all) {
    const std::string text = registry_.Text();
    EXPECT_THAT(text, HasSubstr(absl::StrCat("crm_event_freshness_seconds_bucket{le=\"", seconds,
                                             "\"} ", within, "\n")));
    EXPECT_THAT(text, HasSubstr(absl::StrCat("crm_event_freshness_seconds_count ", all, "\n")));
  }

  metrics::Registry registry_;
  crm::testing::FakeClock clock_{kStart};
  Freshness freshness_{&registry_, &clock_};
};

TEST_F(FreshnessTest, IsTheTimeFromTheChangeToTheStream) {
  Send({Row(1, kStart), Row(2, kStart - absl::Seconds(3))});
  clock_.Advance(absl::Seconds(1));
  ExpectCounts("5", 0, 0);
  freshness_.Reached(1);
  ExpectCounts("1", 1, 1);
  freshness_.Reached(2);
  ExpectCounts("2", 1, 2);
  ExpectCounts("5", 2, 2);
}

TEST_F(FreshnessTest, IsMeasuredOnceHoweverOftenAnEventIsSent) {
  Send({Row(1, kStart), Row(2, kStart)});
  freshness_.Reached(1);
  clock_.Advance(absl::Seconds(20));
  Send({Row(1, kStart), Row(2, kStart), Row(3, clock_.Now())});  // Redis had lost its end
  freshness_.Reached(3);
  ExpectCounts("0.01", 2, 3);
  ExpectCounts("30", 3, 3);
}

TEST_F(FreshnessTest, GoesByTheLogForAnIdWithoutATime) {
  LogRow row = Row(1, kStart);
  row.event_id = base::Uuid::V5(base::Uuid(), "imported");
  row.milliseconds = absl::ToUnixMillis(kStart - absl::Seconds(50));
  Send({row});
  freshness_.Reached(1);
  ExpectCounts("30", 0, 1);
  ExpectCounts("60", 1, 1);
}

TEST_F(FreshnessTest, NoClockMakesItNegative) {
  Send({Row(1, kStart + absl::Seconds(9))});
  freshness_.Reached(1);
  ExpectCounts("0.01", 1, 1);
  EXPECT_THAT(registry_.Text(), HasSubstr("crm_event_freshness_seconds_sum 0\n"));
}

}  // namespace
}  // namespace crm::event
