// What the lead service keeps of opportunities' events.

#include <gmock/gmock.h>

#include "common/pg/connection.h"
#include "common/rpc/proto_values.h"
#include "services/lead/sales/sales_effect.h"
#include "tests/contract/lead/schema.h"
#include "tests/support/service_fixture.h"

namespace crm::lead::testing {
namespace {

using event::v1::StageEvent;

const base::Uuid kDeal(0x7000, 7);

// The `sequence`-th event: a move of the deal from one type of stage to another.
StageEvent Moved(int64_t sequence, int64_t version, const std::string& from,
                 const std::string& to) {
  StageEvent event;
  event.set_sequence(sequence);
  event::v1::StageChanged& it = *event.mutable_change();
  it.set_type(std::string(kSaleEvents[0]));
  it.set_subject(OpportunityName(kDeal));
  it.set_tenant("acme");
  it.set_lead(LeadName(base::Uuid(0x7000, 8)));
  it.set_version(version);
  it.set_from_stage_type(from);
  it.set_to_stage_type(to);
  rpc::SetTime(absl::FromUnixSeconds(1000 * sequence), it.mutable_effective_time());
  rpc::SetTime(absl::FromUnixSeconds(1000 * sequence), it.mutable_recorded_time());
  return event;
}

class SalesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = new crm::testing::ServiceDatabase("crm_lead", SchemaMigrations());
  }
  static void TearDownTestSuite() {
    delete database_;
    database_ = nullptr;
  }
  SalesTest() {
    pg::ConnectionOptions options;
    options.url = database_->Url();
    options.schema = "crm_lead";
    connection_ = pg::Connection::Open(options).value();
    database_->Sql("TRUNCATE sale_change, consumer_inbox");
  }

  absl::Status Apply(const std::vector<StageEvent>& events) {
    pg::Transaction transaction(*connection_, pg::Tenants::All(),
                                base::Deadline::After(absl::Seconds(30)));
    CRM_RETURN_IF_ERROR(FollowSales(transaction, events));
    return transaction.Commit();
  }
  // "2 WON,3 OPEN": versions and states.
  std::string Kept() const {
    return database_->Sql(
        "SELECT string_agg(version || ' ' || state || coalesce(' for ' || corrects_version, ''), "
        "',' ORDER BY version) FROM sale_change");
  }

  inline static crm::testing::ServiceDatabase* database_ = nullptr;
  std::unique_ptr<pg::Connection> connection_;
};

TEST_F(SalesTest, ClosingsReopeningsAndCorrectionsAreKeptOnce) {
  StageEvent corrected = Moved(6, 6, "WON", "WON");
  corrected.mutable_change()->set_corrects_version(3);
  corrected.mutable_change()->set_corrected_stage_type("WON");
  StageEvent without_lead = Moved(7, 7, "OPEN", "WON");
  without_lead.mutable_change()->clear_lead();
  StageEvent changed = Moved(8, 0, "", "");
  changed.mutable_change()->set_type("crm.opportunity.opportunity.record_changed.v1");
  const std::vector<StageEvent> events = {Moved(1, 1, "", "OPEN"),
                                          Moved(2, 2, "OPEN", "OPEN"),
                                          Moved(3, 3, "OPEN", "WON"),
                                          Moved(4, 4, "WON", "OPEN"),
                                          Moved(5, 5, "OPEN", "LOST"),
                                          corrected,
                                          without_lead,
                                          changed};
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(Apply(events), absl::OkStatus());
    EXPECT_EQ(Kept(), "3 WON,4 OPEN,5 LOST,6 WON for 3");
  }
  ASSERT_EQ(Apply({events[2], events[2]}), absl::OkStatus()) << "twice in one batch";
}

TEST_F(SalesTest, DamageIsRefusedAndNothingIsDone) {
  std::vector<StageEvent> damaged(4, Moved(2, 2, "OPEN", "WON"));
  damaged[0].mutable_change()->set_subject("opportunities/7");
  damaged[1].mutable_change()->clear_tenant();
  damaged[2].mutable_change()->set_version(0);
  damaged[3].mutable_change()->set_to_stage_type("DREAMT");
  for (const StageEvent& event : damaged) {
    EXPECT_EQ(Apply({Moved(1, 3, "OPEN", "LOST"), event}).code(),
              absl::StatusCode::kInvalidArgument)
        << event.ShortDebugString();
    EXPECT_EQ(Kept(), "");
  }
}

// After the opportunity service was restored to an earlier point, its log has two events of one
// version: the later one is what is so. Whichever comes last, as dead letters do.
TEST_F(SalesTest, OfTwoEventsOfOneVersionTheLaterOneStands) {
  const StageEvent lost_with_the_database = Moved(5, 3, "OPEN", "WON");
  const StageEvent after = Moved(9, 3, "OPEN", "LOST");
  ASSERT_EQ(Apply({lost_with_the_database}), absl::OkStatus());
  ASSERT_EQ(Apply({after}), absl::OkStatus());
  ASSERT_EQ(Apply({lost_with_the_database}), absl::OkStatus());
  EXPECT_EQ(Kept(), "3 LOST");
}

// The marker that an opportunity service leaves behind moves that its restored database never had.
TEST_F(SalesTest, WhatARestoredServiceNoLongerHasIsForgotten) {
  StageEvent marker;
  marker.set_sequence(7);
  marker.mutable_change()->set_type(std::string(kSaleEvents[1]));
  marker.mutable_change()->set_subject("crm:stage-events:opportunity:0");
  marker.mutable_change()->set_from_stage("5");
  marker.mutable_change()->set_to_stage("6");
  const std::vector<StageEvent> log = {Moved(2, 2, "OPEN", "LOST"), Moved(5, 3, "LOST", "OPEN"),
                                       Moved(6, 4, "OPEN", "WON"), marker,
                                       Moved(8, 3, "LOST", "OPEN")};
  for (int i = 0; i < 2; ++i) {
    for (const StageEvent& event : log) ASSERT_EQ(Apply({event}), absl::OkStatus());
    EXPECT_EQ(Kept(), "2 LOST,3 OPEN") << "one by one";
  }
  ASSERT_EQ(Apply(log), absl::OkStatus());
  EXPECT_EQ(Kept(), "2 LOST,3 OPEN") << "in one batch";
}

// Partitions of a log have sequences of their own.
TEST_F(SalesTest, AMarkerSpeaksOfItsPartitionAlone) {
  database_->Sql(
      "INSERT INTO consumer_inbox (consumer, stream) VALUES ('lead.sales', "
      "'crm:stage-events:opportunity:0'), ('lead.sales', 'crm:stage-events:opportunity:1')");
  StageEvent marker = Moved(9, 0, "", "");
  marker.mutable_change()->set_type(std::string(kSaleEvents[1]));
  marker.mutable_change()->set_from_stage("5");
  marker.mutable_change()->set_to_stage("5");
  // By the first two bytes of SHA-256 over "acme", a zero byte and kDeal, modulo 2.
  marker.mutable_change()->set_subject("crm:stage-events:opportunity:0");
  ASSERT_EQ(Apply({Moved(5, 3, "OPEN", "WON"), marker}), absl::OkStatus());
  EXPECT_EQ(Kept(), "3 WON");
  marker.mutable_change()->set_subject("crm:stage-events:opportunity:1");
  ASSERT_EQ(Apply({marker}), absl::OkStatus());
  EXPECT_EQ(Kept(), "");
}

}  // namespace
}  // namespace crm::lead::testing
