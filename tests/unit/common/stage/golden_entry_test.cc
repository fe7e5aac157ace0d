// The entry of the stream is a contract: one of each type, word for word. A change of this file is
// a change of what subscribers read.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/uuid.h"
#include "common/stage/envelope.h"
#include "common/stage/stage_event.h"
#include "common/stage/stage_record.h"
#include "tests/unit/common/stage/entry_fields.h"

namespace crm::stage {
namespace {

StageRecord MoveOf(const std::string& kind) {
  StageRecord record;
  record.tenant = "acme";
  record.kind = kind;
  record.id = base::Uuid(0x0190000000007000, 0x8000000000000001);
  record.version = 2;
  record.event_id = base::Uuid(0x0190000000007000, 0x8000000000000002);
  record.effective = absl::FromUnixMicros(1'700'000'000'123'456);
  record.recorded = absl::FromUnixSeconds(1'700'000'100);
  record.time_in_previous = absl::Seconds(90);
  record.actor = "anna";
  record.correlation_id = "leads/01900000-0000-7000-8000-000000000003";
  record.request_id = "r-1";
  return record;
}

template <class Record>
std::string EntryOf(const Record& record) {
  const auto change = ChangeOf(record);
  EXPECT_TRUE(change.ok()) << change.status();
  std::string text;
  for (const auto& [name, value] : testing::EntryFieldsOf(*change, 17, 1)) {
    text += name + "=" + value + "\n";
  }
  return text;
}

std::string Golden(const std::string& kind) {
  std::ifstream file(absl::StrCat(std::getenv("CRM_SOURCE_DIR"), "/tests/unit/common/stage/golden/",
                                  kind, ".txt"));
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(GoldenEntry, OfAContact) {
  StageRecord record = MoveOf("contact");
  record.from_stage = "CONTACT";
  record.to_stage = "LEAD";
  EXPECT_EQ(EntryOf(record), Golden("contact"));
}

TEST(GoldenEntry, OfAnAccount) {
  StageRecord record = MoveOf("account");
  record.from_stage = "ACTIVE";
  record.to_stage = "ACTIVE";
  record.win_amount = base::Money{"USD", 9900};
  EXPECT_EQ(EntryOf(record), Golden("account"));
}

TEST(GoldenEntry, OfALead) {
  StageRecord record = MoveOf("lead");
  record.from_stage = "QUALIFIED";
  record.to_stage = "DISQUALIFIED";
  record.reason = "NO_NEED";
  record.contact = "contacts/01900000-0000-7000-8000-000000000004";
  EXPECT_EQ(EntryOf(record), Golden("lead"));
}

TEST(GoldenEntry, OfAnOpportunity) {
  StageRecord record = MoveOf("opportunity");
  record.from_stage = "contract";
  record.from_type = "OPEN";
  record.to_stage = "won";
  record.to_type = "WON";
  record.contact = "contacts/01900000-0000-7000-8000-000000000004";
  record.amount_before = base::Money{"EUR", 100000};
  record.amount_after = base::Money{"EUR", 120000};
  record.probability_before = 90;
  record.probability_after = 100;
  EXPECT_EQ(EntryOf(record), Golden("opportunity"));
}

TEST(GoldenEntry, OfAChangedOpportunity) {
  RecordChange record;
  record.tenant = "acme";
  record.kind = "opportunity";
  record.id = base::Uuid(0x0190000000007000, 0x8000000000000001);
  record.event_id = base::Uuid(0x0190000000007000, 0x8000000000000002);
  record.revision = 5;
  record.recorded = absl::FromUnixMicros(1'700'000'000'123'456);
  record.actor = "anna";
  record.method = "UpdateOpportunity";
  record.contact = "contacts/01900000-0000-7000-8000-000000000004";
  record.opportunity = "opportunities/01900000-0000-7000-8000-000000000001";
  record.correlation_id = record.opportunity;
  record.causation_id = record.request_id = "01900000-0000-7000-8000-000000000005";
  record.fields = {{"display_name", "", ""},
                   {"amount", "", "EUR 120000"},
                   {"expected_close_date", "2023-12-31", "2024-03-31"}};
  EXPECT_EQ(EntryOf(record), Golden("opportunity_record"));
}

}  // namespace
}  // namespace crm::stage
