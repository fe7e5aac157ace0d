// Accounts as their callers see them: opened by won opportunities.

#include "services/contact/rpc/contact_filters.h"
#include "tests/integration/contact/account_fixture.h"
#include "tests/support/field_history.h"
#include "tests/support/filter_cases.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;
TEST_F(Accounts, ShowTheCustomersWins) {
  const v1::Contact acme = Create(OrganizationRequest());
  v1::CreateContactRequest request = PersonRequest();
  request.mutable_contact()->add_employments()->set_organization(acme.name());
  const v1::Contact anna = Create(request);
  Win(anna, 100);
  Win(acme, 23);
  Win(anna, 7, "EUR");

  const std::vector<v1::Account> found = List("customer = " + acme.name());
  ASSERT_EQ(found.size(), 1u);
  v1::GetAccountRequest get;
  get.set_name(found[0].name());
  const auto response = CallAccounts(&AccountStub::GetAccount, get);
  ASSERT_TRUE(response.ok()) << response.status();
  const v1::Account& account = response->account();
  EXPECT_EQ(account.customer(), acme.name());
  EXPECT_EQ(account.display_name(), "Acme");
  EXPECT_EQ(account.owner(), "agent-9");
  EXPECT_EQ(account.status(), v1::ACCOUNT_STATUS_ACTIVE);
  EXPECT_EQ(account.win_count(), 3);
  ASSERT_EQ(account.win_sums_size(), 2);
  EXPECT_EQ(account.win_sums(0).currency_code(), "EUR");
  EXPECT_EQ(account.win_sums(0).amount_minor(), 7);
  EXPECT_EQ(account.win_sums(1).amount_minor(), 123);
  ASSERT_EQ(account.members_size(), 1);
  EXPECT_EQ(account.members(0).contact(), anna.name());
  EXPECT_EQ(Get(acme.name()).stage(), v1::LIFECYCLE_STAGE_CUSTOMER);
  EXPECT_EQ(Get(anna.name()).stage(), v1::LIFECYCLE_STAGE_CUSTOMER);
}

TEST_F(Accounts, OfAnotherTenantAreNotFound) {
  Win(Create(PersonRequest()), 1);
  const auto found = List("");
  ASSERT_EQ(found.size(), 1u);
  v1::GetAccountRequest get;
  get.set_name(found[0].name());
  EXPECT_EQ(Outcome(CallAccounts(&AccountStub::GetAccount, get, "another")),
            "NOT_FOUND RESOURCE_NOT_FOUND");
  get.set_name("contacts/" + NewUuid());
  EXPECT_EQ(Outcome(CallAccounts(&AccountStub::GetAccount, get)), "INVALID_ARGUMENT FIELD_INVALID");
}

TEST_F(Accounts, AreListedByEveryField) {
  const v1::Contact acme = Create(OrganizationRequest());
  Win(acme, 1);
  Win(Create(PersonRequest()), 2);
  const auto names_by = [this](const std::string& filter) {
    std::vector<std::string> names;
    for (const v1::Account& account : List(filter)) names.push_back(account.name());
    return names;
  };
  const std::vector<std::string> both = names_by("");
  v1::Account account = AccountOf(acme);
  const std::string of_acme = account.name();
  (*account.mutable_attributes())["tier"] = "gold";
  ASSERT_TRUE(Update(account, "attributes").ok());
  const std::vector<crm::testing::FilterCase> cases = {
      {"status =", "ACTIVE", both},
      {"status =", "CLOSED", {}},
      {"status !=", "CLOSED", both},
      {"status IN", "(ACTIVE, CLOSED)", both},
      {"owner =", "agent-9", both},
      {"owner =", "nobody", {}},
      {"owner !=", "agent-9", {}},
      {"owner IN", "(agent-9, nobody)", both},
      {"customer =", acme.name(), {of_acme}},
      {"customer !=", acme.name() + " AND customer = " + acme.name(), {}},
      {"customer IN", "(" + acme.name() + ")", {of_acme}},
      {"attributes.tier =", "gold", {of_acme}},
      {"attributes.tier !=", "gold AND customer = " + acme.name(), {}},
      {"attributes.tier IN", "(gold, silver)", {of_acme}},
      {"create_time >", "2999-01-01", {}},
      {"create_time <", "2999-01-01", both},
      {"create_time >=", "2999-01-01T00:00:00Z", {}},
      {"create_time <=", "2999-01-01T00:00:00Z", both}};
  crm::testing::ExpectEveryTermFinds(AccountFields(), cases, names_by);
}

TEST_F(Accounts, AreListedByPage) {
  for (int i = 0; i < 5; ++i) Win(Create(PersonRequest()), i);
  v1::ListAccountsRequest request;
  request.set_page_size(2);
  int seen = 0;
  do {
    const auto response = CallAccounts(&AccountStub::ListAccounts, request);
    ASSERT_TRUE(response.ok()) << response.status();
    seen += response->accounts_size();
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, 5);
  request.set_filter("customer = acme");
  EXPECT_EQ(Outcome(CallAccounts(&AccountStub::ListAccounts, request)),
            "INVALID_ARGUMENT FILTER_INVALID");
}

TEST_F(Accounts, AreToldAsTheyWere) {
  const v1::Contact acme = Create(OrganizationRequest());
  std::vector<v1::Account> answered;
  for (const int64_t cents : {100, 23, 7}) {
    Win(acme, cents);
    answered.push_back(List("customer = " + acme.name())[0]);
  }
  const auto ask = [this](const v1::GetAccountRequest& request) -> absl::StatusOr<v1::Account> {
    const auto response = CallAccounts(&AccountStub::GetAccount, request);
    if (!response.ok()) return response.status();
    return response->account();
  };
  v1::GetAccountRequest get;
  get.set_name(answered[0].name());
  crm::testing::ExpectToldAsAnswered<v1::Account>(
      answered,
      [&](int64_t revision) {
        get.set_as_of_revision(revision);
        return ask(get);
      },
      [&](const google::protobuf::Timestamp& time) {
        *get.mutable_as_of_time() = time;
        return ask(get);
      });
  v1::AccountServiceListRevisionsRequest request;
  request.set_name(answered[0].name());
  const auto page = CallAccounts(&AccountStub::ListRevisions, request);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->revisions_size(), 3);
  EXPECT_EQ(page->revisions(0).method(), "lifecycle");
  EXPECT_THAT(crm::testing::ChangesIn(page->revisions(1)), ::testing::Contains("win_count: 1 > 2"));
  request.set_name("accounts/" + NewUuid());
  EXPECT_EQ(Outcome(CallAccounts(&AccountStub::ListRevisions, request)),
            "NOT_FOUND RESOURCE_NOT_FOUND");
}

}  // namespace
}  // namespace crm::contact::testing
