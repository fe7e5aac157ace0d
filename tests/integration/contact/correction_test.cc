// A sale whose time is corrected, from the neighbour's events to the rows of the account.

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/integration/contact/lifecycle_fixture.h"

namespace crm::contact::testing {
namespace {

class CorrectedSale : public LifecycleTest {
 protected:
  CorrectedSale() : contact_(AddContact("Acme")), deal_(ids_.New()) {}

  void Apply(const std::vector<event::v1::StageChanged>& changes) {
    std::vector<event::v1::StageEvent> events;
    for (const event::v1::StageChanged& change : changes) {
      event::v1::StageEvent& event = events.emplace_back();
      event.set_sequence(++sequence_);
      *event.mutable_change() = change;
    }
    pg::Pool pool(options_, 1);
    const absl::Status status = pg::RunInTransaction(
        pool, pg::Tenants::All(), absl::Now() + kPatience,
        [&](pg::Transaction& transaction) { return effect_(transaction, events); });
    EXPECT_TRUE(status.ok()) << status;
  }

  // Says that the deal, which is won, was won at `time`.
  event::v1::StageChanged Correction(int64_t version, int64_t before, int64_t time) {
    event::v1::StageChanged change = Deal(deal_, contact_, version, "WON", 250);
    change.set_from_stage_type("WON");
    change.set_kind("CORRECTED");
    change.set_corrects_version(2);
    change.mutable_stage_enter_time_before()->set_seconds(absl::ToUnixSeconds(kStart) + before);
    change.mutable_stage_enter_time()->set_seconds(absl::ToUnixSeconds(kStart) + time);
    // That of an earlier move says nothing of the sale.
    change.mutable_effective_time()->set_seconds(5);
    return change;
  }

  std::string Account() {
    return Sql(absl::StrCat("SELECT win_count, win_sums, extract(epoch FROM open_time)::bigint - ",
                            absl::ToUnixSeconds(kStart),
                            ", extract(epoch FROM last_win_time)::bigint - ",
                            absl::ToUnixSeconds(kStart), ", stage_version FROM account"));
  }

  const base::Uuid contact_;
  const base::Uuid deal_;
  int64_t sequence_ = 0;
};

TEST_F(CorrectedSale, MovesTheOpenDateAndCountsOnce) {
  Apply({Deal(deal_, contact_, 1, "OPEN"), Deal(deal_, contact_, 2, "WON", 250)});
  EXPECT_EQ(Account(), "1|{\"USD\": 250}|2|2|1");
  const event::v1::StageChanged correction = Correction(3, 2, -7);
  Apply({correction});
  EXPECT_EQ(Account(), "1|{\"USD\": 250}|-7|-7|2");
  Apply({correction});
  EXPECT_EQ(Account(), "1|{\"USD\": 250}|-7|-7|2") << "the same event again";
  EXPECT_EQ(Sql("SELECT change_kind, amount_minor IS NULL FROM stage_history "
                "WHERE kind = 'account' AND version = 2"),
            "CORRECTED|t");
  EXPECT_EQ(Sql("SELECT count(*) FROM account_win"), "1");
}

TEST_F(CorrectedSale, OfALaterSaleMovesTheLatestOne) {
  const base::Uuid first = ids_.New();
  Apply({Deal(first, contact_, 1, "WON", 100), Deal(deal_, contact_, 2, "WON", 250)});
  EXPECT_EQ(Account(), "2|{\"USD\": 350}|1|2|2");
  Apply({Correction(3, 2, 30)});
  EXPECT_EQ(Account(), "2|{\"USD\": 350}|1|30|2");
  Apply({Correction(4, 30, 0)});
  EXPECT_EQ(Account(), "2|{\"USD\": 350}|1|1|2") << "now the other one is the latest";
}

TEST_F(CorrectedSale, OfAnOpenOrLostDealIsPassedOver) {
  Apply({Deal(deal_, contact_, 1, "OPEN"), Deal(deal_, contact_, 2, "LOST")});
  const std::string before = Sql("SELECT * FROM contact") + Sql("SELECT * FROM stage_history");
  event::v1::StageChanged correction = Correction(3, 2, 1);
  correction.set_from_stage_type("LOST");
  correction.set_to_stage_type("LOST");
  Apply({correction});
  EXPECT_EQ(Sql("SELECT * FROM contact") + Sql("SELECT * FROM stage_history"), before);
}

}  // namespace
}  // namespace crm::contact::testing
