#include "common/stage/erasure_event.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/stage/stage_json.h"

namespace crm::stage {
namespace {

base::Uuid Id(int n) {
  return *base::Uuid::Parse(absl::StrCat("018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d", 10 + n));
}

ContactErasure Answer() {
  ContactErasure erasure;
  erasure.service = "lead";
  erasure.tenant = "acme";
  erasure.contact = Id(1);
  erasure.event_id = Id(2);
  erasure.answers = Id(3);
  erasure.actor = "mara";
  erasure.reason = "PERSON_REQUEST";
  erasure.time = absl::FromUnixMicros(1'700'000'000'123'456);
  erasure.rows = {{"lead", 2}, {"activity", 5}};
  return erasure;
}

TEST(ErasureEvent, IsReadAsItWasWritten) {
  const ContactErasure told = Answer();
  const crm::event::v1::StageChanged event = ErasureEvent(told);
  EXPECT_EQ(event.type(), "crm.lead.contact.erased.v1");
  EXPECT_EQ(event.subject(), absl::StrCat("contacts/", Id(1).ToString()));
  EXPECT_EQ(event.version(), 0) << "it is no move";
  EXPECT_EQ(event.to_stage(), "");
  std::string json;
  AppendJson(event, json);
  const auto on_stream = ParseJson(json);
  ASSERT_TRUE(on_stream.ok()) << on_stream.status();
  const auto read = ErasureIn(*on_stream);
  ASSERT_TRUE(read.ok() && read->has_value()) << read.status();
  EXPECT_EQ((*read)->service, "lead");
  EXPECT_EQ((*read)->tenant, told.tenant);
  EXPECT_EQ((*read)->contact, told.contact);
  EXPECT_EQ((*read)->event_id, told.event_id);
  EXPECT_EQ((*read)->answers, told.answers);
  EXPECT_EQ((*read)->time, told.time);
  EXPECT_EQ((*read)->rows, told.rows);
}

TEST(ErasureEvent, IsNoOtherEvent) {
  crm::event::v1::StageChanged move;
  move.set_type("crm.lead.lead.stage_changed.v1");
  const auto read = ErasureIn(move);
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->has_value());
}

TEST(ErasureEvent, IsRefusedWhereItIsDamaged) {
  const crm::event::v1::StageChanged whole = ErasureEvent(Answer());
  for (void (*damage)(crm::event::v1::StageChanged&) :
       {+[](crm::event::v1::StageChanged& e) { e.set_contact("leads/x"); },
        +[](crm::event::v1::StageChanged& e) { e.clear_tenant(); },
        +[](crm::event::v1::StageChanged& e) { e.set_event_id("x"); },
        +[](crm::event::v1::StageChanged& e) { e.set_erased(0, "lead"); },
        +[](crm::event::v1::StageChanged& e) { e.set_erased(0, "=2"); }}) {
    crm::event::v1::StageChanged event = whole;
    damage(event);
    EXPECT_EQ(ErasureIn(event).status().code(), absl::StatusCode::kInvalidArgument)
        << event.ShortDebugString();
  }
}

}  // namespace
}  // namespace crm::stage
