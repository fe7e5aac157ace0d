#include "common/stage/envelope.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/stage/stage_event.h"
#include "common/stage/stage_json.h"
#include "tests/unit/common/stage/entry_fields.h"

namespace crm::stage {
namespace {

using crm::event::v1::StageChanged;

StageRecord Won() {
  StageRecord record;
  record.tenant = "acme";
  record.kind = "opportunity";
  record.id = base::Uuid(0x0190000000007000, 0x8000000000000001);
  record.version = 3;
  record.event_id = base::Uuid(0x0190000000007000, 0x8000000000000002);
  record.from_stage = "negotiation";
  record.from_type = "OPEN";
  record.to_stage = "won";
  record.to_type = "WON";
  record.effective = absl::FromUnixMicros(1'700'000'000'123'456);
  record.recorded = absl::FromUnixSeconds(1'700'000'100);
  record.time_in_previous = absl::Seconds(90) + absl::Milliseconds(500);
  record.actor = "anna";
  record.note = "Mrs Smith said yes on the phone";
  record.contact = "contacts/c";
  record.amount_before = base::Money{"EUR", 1000};
  record.amount_after = base::Money{"EUR", 1200};
  record.probability_before = 80;
  record.probability_after = 100;
  record.request_id = "r-1";
  return record;
}

std::map<std::string, std::string> FieldsOf(const StageChanged& change, int64_t sequence,
                                            int64_t epoch) {
  const auto fields = testing::EntryFieldsOf(change, sequence, epoch);
  return {fields.begin(), fields.end()};
}

TEST(Envelope, HasTheFieldsOfTheContractInItsOrder) {
  EXPECT_EQ(absl::StrJoin(kEntryFields, " ",
                          [](std::string* out, const event::EntryField& field) {
                            out->append(field.name.data(), field.name.size());
                          }),
            "specversion id source type subject time tenant seq epoch version from_stage to_stage "
            "amount_minor currency datacontenttype data");
}

TEST(Envelope, FillsTheFieldsFromTheMove) {
  const auto change = ChangeOf(Won());
  ASSERT_TRUE(change.ok());
  const auto fields = FieldsOf(*change, 17, 2);
  EXPECT_EQ(fields.at("id"), Won().event_id.ToString());
  EXPECT_EQ(fields.at("source"), "/crm/opportunity");
  EXPECT_EQ(fields.at("type"), "crm.opportunity.opportunity.stage_changed.v1");
  EXPECT_EQ(fields.at("subject"), "opportunities/" + Won().id.ToString());
  EXPECT_EQ(fields.at("time"), "2023-11-14T22:13:20.123456Z");
  EXPECT_EQ(fields.at("seq"), "17");
  EXPECT_EQ(fields.at("epoch"), "2");
  EXPECT_EQ(fields.at("version"), "3");
  EXPECT_EQ(fields.at("amount_minor"), "1200");
  EXPECT_EQ(fields.at("currency"), "EUR");
  std::string json;
  AppendJson(*change, json);
  EXPECT_EQ(fields.at("data"), json);
}

TEST(Envelope, KeepsTextsLongerThanOneLengthByteCanTell) {
  StageRecord record = Won();
  record.to_stage = std::string(300, 'c');
  EXPECT_EQ(FieldsOf(*ChangeOf(record), 1, 1).at("to_stage"), record.to_stage);
}

TEST(Envelope, LeavesEmptyWhatDoesNotApply) {
  StageRecord record;
  record.kind = "lead";
  record.to_stage = "NEW";
  const auto change = ChangeOf(record);
  ASSERT_TRUE(change.ok());
  const auto fields = FieldsOf(*change, 1, 1);
  for (const char* name : {"from_stage", "amount_minor", "currency"}) {
    EXPECT_EQ(fields.at(name), "") << name;
  }
}

TEST(Envelope, KeepsTheNoteInTheDatabase) {
  const auto change = ChangeOf(Won());
  ASSERT_TRUE(change.ok());
  for (const auto& [name, value] : FieldsOf(*change, 1, 1)) {
    EXPECT_EQ(value.find("Smith"), std::string::npos) << name;
  }
}

TEST(Envelope, ShowsTheWinOfAnAccountAsItsAmount) {
  StageRecord record;
  record.kind = "account";
  record.to_stage = "ACTIVE";
  record.win_amount = base::Money{"USD", 99};
  const auto fields = FieldsOf(*ChangeOf(record), 1, 1);
  EXPECT_EQ(fields.at("source"), "/crm/contact");
  EXPECT_EQ(fields.at("amount_minor"), "99");
  EXPECT_EQ(fields.at("currency"), "USD");
}

TEST(Envelope, FindsADamagedRow) {
  StageEntryRenderer renderer;
  event::EntryValues values;
  const event::LogRow row{7, 1, 1, base::Uuid(), "\xff\xff", "acme"};
  EXPECT_EQ(renderer.Render(row, values).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(StageEventOf(row).status().code(), absl::StatusCode::kDataLoss);
}

TEST(Envelope, RefusesAnUnknownKind) {
  StageRecord record;
  record.kind = "ticket";
  EXPECT_EQ(ChangeOf(record).status().code(), absl::StatusCode::kInternal);
}

TEST(Envelope, NamesTheStreamAfterServiceAndPartition) {
  EXPECT_EQ(StreamKey("opportunity", 0), "crm:stage-events:opportunity:0");
}

}  // namespace
}  // namespace crm::stage
