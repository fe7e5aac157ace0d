// What people say of accounts: owner, members, attributes, and whether business goes on.

#include "tests/integration/contact/account_fixture.h"

namespace crm::contact::testing {
namespace {

using ::testing::HasSubstr;

class AccountWrites : public Accounts {
 protected:
  absl::StatusOr<v1::CloseAccountResponse> Close(const std::string& name,
                                                 v1::AccountCloseReason reason,
                                                 const std::string& note = "",
                                                 const std::string& etag = "") {
    v1::CloseAccountRequest request;
    request.set_name(name);
    request.set_reason(reason);
    request.set_note(note);
    request.set_etag(etag);
    return CallAccounts(&AccountStub::CloseAccount, request);
  }
  absl::StatusOr<v1::ReopenAccountResponse> Reopen(const std::string& name) {
    v1::ReopenAccountRequest request;
    request.set_name(name);
    return CallAccounts(&AccountStub::ReopenAccount, request);
  }
  // The moves of an account: "from>to reason note".
  std::string Moves(const v1::Account& account) {
    return Service().Sql(
        "SELECT string_agg(from_stage || '>' || to_stage || ' ' || reason || ' ' || note, ',' "
        "ORDER BY version) FROM stage_history WHERE kind = 'account' AND aggregate = '" +
        account.name().substr(9) + "'");
  }
};

TEST_F(AccountWrites, OwnerMembersAndAttributesAreChanged) {
  const v1::Contact acme = Create(OrganizationRequest());
  Win(acme, 100);
  v1::Account account = AccountOf(acme);
  account.set_owner("mara");
  auto& member = *account.add_members();
  member.set_contact(Create(PersonRequest()).name());
  member.set_role(type::v1::BUYING_ROLE_DECISION_MAKER);
  (*account.mutable_attributes())["tier"] = "gold";
  v1::UpdateAccountRequest request;
  *request.mutable_account() = account;
  request.set_request_id(NewUuid());
  const auto changed = CallAccounts(&AccountStub::UpdateAccount, request);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->account().owner(), "mara");
  EXPECT_EQ(changed->account().win_count(), 1);
  const auto again = CallAccounts(&AccountStub::UpdateAccount, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), changed->SerializeAsString()) << "the first answer";
  EXPECT_EQ(Outcome(Update(account, "owner")), "ABORTED ETAG_MISMATCH");

  // A win keeps all of it.
  Win(acme, 23);
  account = AccountOf(acme);
  EXPECT_EQ(account.owner(), "mara");
  EXPECT_EQ(account.attributes().at("tier"), "gold");
  ASSERT_EQ(account.members_size(), 1);
  EXPECT_EQ(account.members(0).role(), type::v1::BUYING_ROLE_DECISION_MAKER);
  EXPECT_EQ(account.win_sums(0).amount_minor(), 123);

  account.clear_members();
  ASSERT_TRUE(Update(account, "members").ok());
  EXPECT_EQ(AccountOf(acme).members_size(), 0);
}

TEST_F(AccountWrites, MembersAreContactsOfTheTenant) {
  const v1::Contact acme = Create(OrganizationRequest());
  Win(acme, 1);
  v1::Account account = AccountOf(acme);
  account.add_members()->set_contact("contacts/" + NewUuid());
  const auto refused = Update(account, "members");
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
  EXPECT_EQ(Metadata(refused.status(), "field"), "account.members[0].contact");
  account.mutable_members(0)->set_contact(acme.name());
  EXPECT_EQ(Outcome(Update(account, "members")), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_EQ(AccountOf(acme).etag(), account.etag());
}

TEST_F(AccountWrites, AClosedOneIsReopenedByHandOrByAWin) {
  const v1::Contact acme = Create(OrganizationRequest());
  Win(acme, 100);
  const v1::Account account = AccountOf(acme);
  EXPECT_EQ(Outcome(Reopen(account.name())), "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_EQ(Outcome(Close(account.name(), v1::ACCOUNT_CLOSE_REASON_OTHER)),
            "INVALID_ARGUMENT FIELD_INVALID")
      << "of another reason something is to be noted";
  EXPECT_EQ(Outcome(Close(account.name(), v1::ACCOUNT_CLOSE_REASON_UNPAID, "", "99")),
            "ABORTED ETAG_MISMATCH");
  const auto closed = Close(account.name(), v1::ACCOUNT_CLOSE_REASON_OTHER, "sold to a rival");
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->account().status(), v1::ACCOUNT_STATUS_CLOSED);
  EXPECT_EQ(closed->account().close_note(), "sold to a rival");
  EXPECT_EQ(Outcome(Close(account.name(), v1::ACCOUNT_CLOSE_REASON_UNPAID)),
            "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_EQ(Get(acme.name()).stage(), v1::LIFECYCLE_STAGE_CUSTOMER);
  const auto reopened = Reopen(account.name());
  ASSERT_TRUE(reopened.ok()) << reopened.status();
  EXPECT_EQ(reopened->account().status(), v1::ACCOUNT_STATUS_ACTIVE);
  EXPECT_EQ(reopened->account().close_reason(), v1::ACCOUNT_CLOSE_REASON_UNSPECIFIED);

  ASSERT_TRUE(Close(account.name(), v1::ACCOUNT_CLOSE_REASON_CUSTOMER_LEFT).ok());
  Win(acme, 7);
  EXPECT_EQ(AccountOf(acme).status(), v1::ACCOUNT_STATUS_ACTIVE);
  EXPECT_EQ(AccountOf(acme).stage_version(), 5);
  EXPECT_EQ(Moves(account),
            ">ACTIVE  ,ACTIVE>CLOSED OTHER sold to a rival,CLOSED>ACTIVE  ,ACTIVE>CLOSED "
            "CUSTOMER_LEFT ,CLOSED>ACTIVE WIN ");
}

}  // namespace
}  // namespace crm::contact::testing
