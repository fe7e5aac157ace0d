#include "services/contact/domain/contact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/error/error.h"
#include "tests/unit/contact/fake_phones.h"

namespace crm::contact {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);
const base::Uuid kId(1, 1);
const base::Uuid kOrganization(1, 2);

Origin By(const std::string& actor) { return {kNow, base::Uuid(9, 9), actor, "request", "trace"}; }

Contact PersonDraft() {
  Contact draft;
  draft.tenant = "acme";
  draft.id = kId;
  draft.body = Person{"Anna", "Snelling", kOrganization, "Buyer"};
  draft.emails = {{"Anna@Example.com", "", "work", false}, {"a@home.example", "", "", false}};
  draft.phones = {{"0446681800", "", "desk"}, {"none", "", ""}};
  draft.owner = "agent";
  draft.external_id = "x-1";
  return draft;
}

Contact Live() {
  Contact contact = PersonDraft();
  EXPECT_TRUE(Begin(contact, FakePhones(), By("me"), std::nullopt).ok());
  contact.stage_changes.clear();
  contact.claimed_keys.clear();
  contact.new_references.clear();
  return contact;
}

TEST(BeginTest, NormalizesAndDerives) {
  Contact contact = PersonDraft();
  ASSERT_TRUE(Begin(contact, FakePhones(), By("me"), std::nullopt).ok());
  EXPECT_EQ(contact.display_name, "Anna Snelling");
  EXPECT_EQ(contact.emails[0].normalized, "anna@example.com");
  EXPECT_TRUE(contact.emails[0].primary) << "the first one where none is named";
  EXPECT_FALSE(contact.emails[1].primary);
  EXPECT_EQ(contact.phones[0].e164, "+410446681800");
  EXPECT_EQ(contact.phones[1].e164, "");
  EXPECT_EQ(contact.phones[1].number, "none") << "kept as given";
}

TEST(BeginTest, RecordsTheFirstMove) {
  Contact contact = PersonDraft();
  const absl::Time earlier = kNow - absl::Hours(48);
  ASSERT_TRUE(Begin(contact, FakePhones(), By("me"), earlier).ok());
  EXPECT_EQ(contact.stage, LifecycleStage::kContact);
  EXPECT_EQ(contact.stage_version, 1);
  ASSERT_EQ(contact.stage_changes.size(), 1u);
  const StageChange& change = contact.stage_changes[0];
  EXPECT_EQ(change.from, "");
  EXPECT_EQ(change.to, "CONTACT");
  EXPECT_EQ(change.effective_time, earlier);
  EXPECT_EQ(change.recorded_time, kNow);
  EXPECT_EQ(change.actor, "me");
  EXPECT_EQ(change.owner, "agent");
  EXPECT_EQ(change.request_id, "request");
  EXPECT_EQ(change.correlation_id, kId.ToString());
  EXPECT_FALSE(change.previous_effective_time.has_value());
}

TEST(BeginTest, RefusesAFutureEffectiveTime) {
  Contact contact = PersonDraft();
  const absl::Status status = Begin(contact, FakePhones(), By("me"), kNow + absl::Microseconds(1));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(error::ReasonOf(status), error::kEffectiveTimeInvalid);
}

TEST(BeginTest, ClaimsEmailsDomainAndExternalId) {
  Contact contact = PersonDraft();
  ASSERT_TRUE(Begin(contact, FakePhones(), By("me"), std::nullopt).ok());
  EXPECT_THAT(contact.claimed_keys, ElementsAre(ContactKey{KeyKind::kEmail, "a@home.example"},
                                                ContactKey{KeyKind::kEmail, "anna@example.com"},
                                                ContactKey{KeyKind::kExternalId, "x-1"}));
  EXPECT_THAT(contact.new_references,
              ElementsAre(Reference{"contact.person.organization", kOrganization}));

  Contact company;
  company.id = kOrganization;
  company.display_name = "Acme";
  company.body = Organization();
  std::get<Organization>(company.body).domain = "WWW.Acme.example";
  ASSERT_TRUE(Begin(company, FakePhones(), By("me"), std::nullopt).ok());
  EXPECT_THAT(company.claimed_keys, ElementsAre(ContactKey{KeyKind::kDomain, "acme.example"}));
}

TEST(EditTest, ChangesOnlyWhatIsGiven) {
  Contact contact = Live();
  const Contact before = contact;
  ContactEdit edit;
  edit.owner = "other";
  ASSERT_TRUE(Edit(contact, edit, FakePhones()).ok());
  EXPECT_EQ(contact.owner, "other");
  contact.owner = before.owner;
  EXPECT_EQ(contact, before);
}

TEST(EditTest, ADerivedNameFollowsThePerson) {
  Contact contact = Live();
  ContactEdit edit;
  edit.person = Person{"Anna", "Meier", kOrganization, ""};
  ASSERT_TRUE(Edit(contact, edit, FakePhones()).ok());
  EXPECT_EQ(contact.display_name, "Anna Meier");
  EXPECT_THAT(contact.new_references, IsEmpty()) << "the organization was there before";

  contact.display_name = "The boss";
  edit.person->given_name = "Anne";
  ASSERT_TRUE(Edit(contact, edit, FakePhones()).ok());
  EXPECT_EQ(contact.display_name, "The boss");
}

TEST(EditTest, KeysAreExchangedNet) {
  Contact contact = Live();
  ContactEdit first;
  first.emails = {{"new@example.com", "", "", false}};
  ASSERT_TRUE(Edit(contact, first, FakePhones()).ok());
  EXPECT_THAT(contact.released_keys, ElementsAre(ContactKey{KeyKind::kEmail, "a@home.example"},
                                                 ContactKey{KeyKind::kEmail, "anna@example.com"}));
  EXPECT_THAT(contact.claimed_keys, ElementsAre(ContactKey{KeyKind::kEmail, "new@example.com"}));

  ContactEdit second;
  second.emails = {{"ANNA@example.com", "", "", false}};
  ASSERT_TRUE(Edit(contact, second, FakePhones()).ok());
  EXPECT_THAT(contact.released_keys, ElementsAre(ContactKey{KeyKind::kEmail, "a@home.example"}));
  EXPECT_THAT(contact.claimed_keys, IsEmpty());
}

TEST(EditTest, TheKindIsFixed) {
  Contact contact = Live();
  ContactEdit edit;
  edit.organization = Organization();
  const absl::Status status = Edit(contact, edit, FakePhones());
  EXPECT_EQ(error::ReasonOf(status), error::kFieldInvalid);
  EXPECT_EQ(error::DetailsOf(status)->fields[0].field, "contact.organization");
}

TEST(EditTest, ADeletedContactIsNotEdited) {
  Contact contact = Live();
  ASSERT_TRUE(Delete(contact, kNow).ok());
  const absl::Status status = Edit(contact, ContactEdit(), FakePhones());
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(error::ReasonOf(status), error::kStateInvalid);
}

TEST(DeleteTest, GivesUpAllKeysAndUndeleteTakesThemBack) {
  Contact contact = Live();
  ASSERT_TRUE(Delete(contact, kNow).ok());
  EXPECT_EQ(contact.delete_time, kNow);
  EXPECT_EQ(contact.released_keys.size(), 3u);
  EXPECT_EQ(error::ReasonOf(Delete(contact, kNow)), error::kStateInvalid);

  contact.released_keys.clear();  // as if stored
  ASSERT_TRUE(Undelete(contact).ok());
  EXPECT_EQ(contact.claimed_keys, KeysOf(contact));
  EXPECT_EQ(error::ReasonOf(Undelete(contact)), error::kStateInvalid);
}

TEST(DeleteTest, DeleteAndUndeleteInOneBatchMoveNoKeys) {
  Contact contact = Live();
  ASSERT_TRUE(Delete(contact, kNow).ok());
  ASSERT_TRUE(Undelete(contact).ok());
  EXPECT_THAT(contact.released_keys, IsEmpty());
  EXPECT_THAT(contact.claimed_keys, IsEmpty());
}

TEST(DuplicateTest, NamesTheRuleAndAtMostTwentyOfThoseFound) {
  std::vector<base::Uuid> found;
  for (uint64_t i = 0; i < 30; ++i) found.emplace_back(7, i);
  const auto details = error::DetailsOf(DuplicateOf(KeyKind::kEmail, found));
  EXPECT_EQ(details->reason, "DUPLICATE_CONTACT");
  EXPECT_EQ(details->metadata[0], std::make_pair(std::string("rule"), std::string("email")));
  EXPECT_EQ(std::count(details->metadata[1].second.begin(), details->metadata[1].second.end(), ','),
            19);
  EXPECT_EQ(details->metadata[2], std::make_pair(std::string("count"), std::string("30")));
  EXPECT_EQ(error::ReasonOf(DuplicateOf(KeyKind::kExternalId, found)), error::kDuplicateId);
}

}  // namespace
}  // namespace crm::contact
