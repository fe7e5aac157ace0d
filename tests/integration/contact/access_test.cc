// What is told of calls that show personal data.

#include "tests/integration/contact/fixture.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AccessTest : public ContactServiceTest {
 protected:
  AccessTest() {
    one_ = Create(PersonRequest("anna@acme.example")).name();
    two_ = Create(PersonRequest()).name();
    Sink().Watch(tenant());
  }
  static ::crm::testing::FakeAccessSink& Sink() { return Service().accesses(); }

  // "GetContact: contacts/…", of the accesses so far.
  static std::vector<std::string> Accesses() {
    std::vector<std::string> texts;
    for (const rpc::Access& access : Sink().TakeAll()) {
      texts.push_back(absl::StrCat(access.method.substr(access.method.find('/') + 1), ": ",
                                   absl::StrJoin(access.names, " ")));
    }
    return texts;
  }

  std::string one_;
  std::string two_;
};

TEST_F(AccessTest, EveryReadTellsWhatItShowed) {
  Get(one_);
  EXPECT_THAT(Accesses(), ElementsAre("GetContact: " + one_));

  v1::BatchGetContactsRequest batch;
  batch.add_names(two_);
  batch.add_names(one_);
  batch.add_names("contacts/" + NewUuid());
  ASSERT_TRUE(Call(&Stub::BatchGetContacts, batch).ok());
  EXPECT_THAT(Accesses(), ElementsAre("BatchGetContacts: " + two_ + " " + one_));

  ASSERT_TRUE(Call(&Stub::ListContacts, v1::ListContactsRequest()).ok());
  EXPECT_THAT(Accesses(), ElementsAre("ListContacts: " + one_ + " " + two_));

  v1::FindContactsRequest find;
  find.set_email("anna@acme.example");
  ASSERT_TRUE(Call(&Stub::FindContacts, find).ok());
  EXPECT_THAT(Accesses(), ElementsAre("FindContacts: " + one_));

  v1::ListRevisionsRequest revisions;
  revisions.set_name(one_);
  ASSERT_TRUE(Call(&Stub::ListRevisions, revisions).ok());
  EXPECT_THAT(Accesses(), ElementsAre("ListRevisions: " + one_));
}

TEST_F(AccessTest, WhoWhenAndByWhichMethodIsTold) {
  const absl::Time before = absl::Now();
  Get(one_);
  const std::vector<rpc::Access> accesses = Sink().TakeAll();
  ASSERT_EQ(accesses.size(), 1u);
  EXPECT_EQ(accesses[0].tenant, tenant());
  EXPECT_FALSE(accesses[0].actor.empty());
  EXPECT_EQ(accesses[0].method, "crm.contact.v1.ContactService/GetContact");
  EXPECT_GE(accesses[0].time, before - absl::Seconds(5));
  EXPECT_LE(accesses[0].time, absl::Now() + absl::Seconds(5));
}

TEST_F(AccessTest, NothingIsToldOfWhatShowsNothingOrChangesSomething) {
  v1::GetContactRequest unknown;
  unknown.set_name("contacts/" + NewUuid());
  EXPECT_EQ(Reason(Call(&Stub::GetContact, unknown)), "RESOURCE_NOT_FOUND");
  v1::FindContactsRequest find;
  find.set_email("nobody@acme.example");
  ASSERT_TRUE(Call(&Stub::FindContacts, find).ok());
  ASSERT_TRUE(Delete(one_).ok());
  EXPECT_THAT(Accesses(), IsEmpty());
}

TEST_F(AccessTest, NothingIsToldOfOtherTenants) {
  v1::ListContactsRequest list;
  ASSERT_TRUE(Call(&Stub::ListContacts, list, "t-" + NewUuid()).ok());
  EXPECT_THAT(Accesses(), IsEmpty());
}

}  // namespace
}  // namespace crm::contact::testing
