// Events that a restored neighbour no longer has: what they did is taken back, and nothing else.

#include "absl/strings/str_cat.h"
#include "common/event/consumer_inbox.h"
#include "common/stage/stage_effect.h"
#include "services/contact/lifecycle/orphan_command.h"
#include "tests/integration/contact/lifecycle_fixture.h"

namespace crm::contact::testing {
namespace {

constexpr char kStream[] = "crm:stage-events:opportunity:0";

class OrphansTest : public LifecycleTest {
 protected:
  OrphansTest() {
    auto database = pg::Connection::Open(options_);
    EXPECT_TRUE(database.ok()) << database.status();
    database_connection_ = *std::move(database);
  }

  void Add(const std::string& from, event::v1::StageChanged change) {
    change.set_from_stage_type(from);
    if (from == "WON") *change.mutable_amount_before() = change.amount_after();
    log_.Append(std::move(change));
  }

  void AddMarker(int64_t first, int64_t last) {
    event::v1::StageChanged marker;
    marker.set_event_id(ids_.New().ToString());
    marker.set_type("crm.opportunity.stream.reconciled.v1");
    marker.set_from_stage(absl::StrCat(first));
    marker.set_to_stage(absl::StrCat(last));
    log_.Append(std::move(marker));
  }

  // As the consumer does, up to `sequence`.
  void ApplyUpTo(int64_t sequence) {
    event::ConsumerInbox inbox(database_connection_.get(), kLifecycleConsumer, kStream);
    const auto position = inbox.Load();
    ASSERT_TRUE(position.ok()) << position.status();
    const auto events =
        log_.After(position->sequence, static_cast<int>(sequence - position->sequence));
    const absl::Status status = inbox.Apply(events->events, stage::EffectOf(effect_), 0);
    ASSERT_TRUE(status.ok()) << status;
  }

  void Forget() {
    event::ConsumerInbox inbox(database_connection_.get(), kLifecycleConsumer, kStream);
    const absl::Status status = ForgetOrphans(inbox, log_, effect_, "opportunity");
    ASSERT_TRUE(status.ok()) << status;
  }

  std::string Account() {
    return Sql("SELECT win_count, coalesce(win_sums->>'USD', '0') FROM account");
  }
  std::string Stage(const base::Uuid& contact) {
    return Sql(absl::StrCat("SELECT stage FROM contact WHERE id = '", contact.ToString(), "'"));
  }
  std::string Moves() { return Sql("SELECT count(*) FROM stage_history"); }
  std::string Position() { return Sql("SELECT last_seq FROM consumer_inbox"); }

  FakeSource log_;
  std::unique_ptr<pg::Connection> database_connection_;
};

TEST_F(OrphansTest, NotYetAppliedArePassedByWithoutEffect) {
  const base::Uuid acme = AddContact("Acme");
  const base::Uuid deal = ids_.New();
  Add("", Deal(deal, acme, 1, "OPEN", 100));
  Add("OPEN", Deal(deal, acme, 2, "WON", 100));           // lost
  Add("", Deal(ids_.New(), ids_.New(), 1, "OPEN", 100));  // lost with its contact
  AddMarker(2, 3);
  Forget();
  EXPECT_EQ(Position(), "3");
  EXPECT_EQ(Stage(acme), "OPPORTUNITY");
  EXPECT_EQ(Account(), "");
  Add("OPEN", Deal(deal, acme, 2, "LOST"));
  ApplyUpTo(5);
  EXPECT_EQ(Stage(acme), "CONTACT");
}

TEST_F(OrphansTest, AppliedAreTakenBack) {
  const base::Uuid acme = AddContact("Acme");
  const base::Uuid anna = AddContact("Anna", &acme);
  const base::Uuid deal = ids_.New();
  Add("", Deal(deal, anna, 1, "OPEN", 100));
  Add("OPEN", Deal(deal, anna, 2, "WON", 100));  // lost
  ApplyUpTo(2);
  ASSERT_EQ(Account(), "1|100");
  AddMarker(2, 2);
  Forget();
  EXPECT_EQ(Account(), "0|0");
  EXPECT_EQ(Stage(anna), "OPPORTUNITY");
  EXPECT_EQ(Stage(acme), "CONTACT");
  EXPECT_EQ(Sql("SELECT version, state FROM contact_engagement"), "1|live");
}

TEST_F(OrphansTest, ThatTookAWinAwayBringItBack) {
  const base::Uuid acme = AddContact("Acme");
  const base::Uuid deal = ids_.New();
  Add("", Deal(deal, acme, 1, "OPEN", 100));
  Add("OPEN", Deal(deal, acme, 2, "WON", 100));
  Add("WON", Deal(deal, acme, 3, "OPEN", 100));  // lost
  ApplyUpTo(3);
  ASSERT_EQ(Account(), "0|0");
  AddMarker(3, 3);
  Forget();
  EXPECT_EQ(Account(), "1|100");
  EXPECT_EQ(Stage(acme), "CUSTOMER");
}

TEST_F(OrphansTest, WhatCameBehindThemCountsAgainWithTheSameVersions) {
  const base::Uuid acme = AddContact("Acme");
  const base::Uuid deal = ids_.New();
  const base::Uuid other = ids_.New();
  Add("", Deal(deal, acme, 1, "OPEN", 100));
  Add("OPEN", Deal(deal, acme, 2, "WON", 100));  // lost
  Add("", Deal(other, acme, 1, "OPEN", 700));    // lost, never made again
  AddMarker(2, 3);
  Add("OPEN", Deal(deal, acme, 2, "OPEN", 100));
  Add("OPEN", Deal(deal, acme, 3, "WON", 250));
  ApplyUpTo(6);
  Forget();
  EXPECT_EQ(Account(), "1|250");
  EXPECT_EQ(Sql("SELECT live_opportunities FROM contact_lifecycle"), "0");
  EXPECT_EQ(Position(), "6");
}

TEST_F(OrphansTest, AreForgottenOnce) {
  const base::Uuid acme = AddContact("Acme");
  const base::Uuid deal = ids_.New();
  Add("", Deal(deal, acme, 1, "OPEN", 100));
  Add("OPEN", Deal(deal, acme, 2, "WON", 100));  // lost
  AddMarker(2, 2);
  Add("OPEN", Deal(deal, acme, 2, "LOST"));
  ApplyUpTo(4);
  Forget();
  EXPECT_EQ(Stage(acme), "CONTACT");
  const std::string moves = Moves();
  Forget();
  EXPECT_EQ(Moves(), moves);
  EXPECT_EQ(Account(), "0|0");
}

}  // namespace
}  // namespace crm::contact::testing
