#include "services/contact/domain/contact.h"

#include "common/error/error.h"
#include "tests/unit/contact/contact_fixture.h"

namespace crm::contact::testing {
namespace {

TEST(OpenTest, NormalizesAndDerives) {
  Contact contact = PersonDraft();
  ASSERT_TRUE(Open(contact, FakePhones(), ByMe()).ok());
  EXPECT_EQ(contact.display_name, "Anna Snelling");
  EXPECT_EQ(contact.emails[0].normalized, "anna@example.com");
  EXPECT_TRUE(contact.emails[0].primary) << "the first one where none is named";
  EXPECT_FALSE(contact.emails[1].primary);
  EXPECT_EQ(contact.phones[0].e164, "+410446681800");
  EXPECT_EQ(contact.phones[1].e164, "");
  EXPECT_EQ(contact.phones[1].number, "none") << "kept as given";
}

TEST(OpenTest, RecordsTheFirstMove) {
  Contact contact = PersonDraft();
  const absl::Time earlier = kToday - absl::Hours(48);
  Occasion occasion = ByMe();
  occasion.effective_time = earlier;
  ASSERT_TRUE(Open(contact, FakePhones(), occasion).ok());
  EXPECT_EQ(contact.stage, LifecycleStage::kContact);
  EXPECT_EQ(contact.stage_version, 1);
  ASSERT_EQ(contact.stage_changes.size(), 1u);
  const StageChange& change = contact.stage_changes[0];
  EXPECT_EQ(change.from, "");
  EXPECT_EQ(change.to, "CONTACT");
  EXPECT_EQ(change.effective_time, earlier);
  EXPECT_EQ(change.record_time, kToday);
  EXPECT_EQ(change.actor, "me");
  EXPECT_EQ(change.owner, "agent");
  EXPECT_EQ(change.request_id, "request");
  EXPECT_EQ(change.correlation_id, "contacts/" + kId.ToString());
  EXPECT_FALSE(change.previous_effective_time.has_value());
}

TEST(OpenTest, RefusesAFutureEffectiveTime) {
  Contact contact = PersonDraft();
  Occasion occasion = ByMe();
  occasion.effective_time = kToday + absl::Microseconds(1);
  const absl::Status status = Open(contact, FakePhones(), occasion);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(error::ReasonOf(status), error::kEffectiveTimeInvalid);
}

TEST(DeleteTest, HidesAndUndeleteShowsAgain) {
  Contact contact = Live();
  const Contact before = contact;
  ASSERT_TRUE(Delete(contact, kToday).ok());
  EXPECT_EQ(contact.delete_time, kToday);
  EXPECT_EQ(error::ReasonOf(Delete(contact, kToday)), error::kStateInvalid);
  ASSERT_TRUE(Undelete(contact).ok());
  EXPECT_EQ(contact, before);
  EXPECT_EQ(error::ReasonOf(Undelete(contact)), error::kStateInvalid);
}

}  // namespace
}  // namespace crm::contact::testing
