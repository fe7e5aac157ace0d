// The contact commands of crmctl against the service.

#include <cstdio>
#include <fstream>

#include "tests/integration/contact/account_fixture.h"
#include "tests/support/stack.h"

namespace crm::contact::testing {
namespace {

using ::testing::HasSubstr;

class ContactCommands : public Accounts {
 protected:
  // What `crmctl contact WORDS` prints.
  std::string Run(const std::string& words) { return RunCommand("contact " + words); }
  // What `crmctl WORDS` prints.
  std::string RunCommand(const std::string& words) {
    const auto [code, text] = Outcome(words);
    EXPECT_EQ(code, 0) << words << "\n" << text;
    return text;
  }
  // What `crmctl contact WORDS` complains of.
  std::string Refused(const std::string& words) {
    const auto [code, text] = Outcome("contact " + words);
    EXPECT_NE(code, 0) << words << "\n" << text;
    return text;
  }

 private:
  std::pair<int, std::string> Outcome(const std::string& words) {
    const std::string command =
        absl::StrCat(crm::testing::BuildFolder(), "/bin/crmctl --contact-address ",
                     Service().address(), " --tenant ", tenant(), " ", words, " 2>&1");
    FILE* const output = popen(command.c_str(), "r");
    if (output == nullptr) return {-1, ""};
    std::string text;
    char part[4096];
    while (const size_t size = std::fread(part, 1, sizeof(part), output)) text.append(part, size);
    return {pclose(output), text};
  }
};

TEST_F(ContactCommands, AnEmptiedFieldEmpties) {
  const std::string acme = Create(OrganizationRequest()).name();
  Run("create person --given-name Ada --family-name Moreau --organization " + acme +
      " --job-title Buyer --email ada@acme.example --phone '+41 44 668 18 00' --owner mara "
      "--external-id x-1");
  v1::ListContactsRequest list;
  list.set_filter("external_id = x-1");
  const auto found = Call(&Stub::ListContacts, list);
  ASSERT_TRUE(found.ok() && found->contacts_size() == 1) << found.status();
  const std::string ada = found->contacts(0).name();
  EXPECT_THAT(Run("get " + ada), HasSubstr("Buyer"));

  Run("update " + ada + " --job-title '' --given-name ''");
  EXPECT_THAT(Run("get " + ada), ::testing::Not(HasSubstr("Buyer")));
  v1::Contact contact = Get(ada);
  EXPECT_EQ(contact.display_name(), "Moreau");
  EXPECT_EQ(contact.person().given_name(), "");
  EXPECT_EQ(contact.person().family_name(), "Moreau") << "what is not named stays";
  EXPECT_THAT(Run("get " + ada), HasSubstr(acme));
  EXPECT_EQ(contact.owner(), "mara");

  Run("update " + ada + " --email '' --phone '' --owner '' --external-id '' --organization ''");
  contact = Get(ada);
  EXPECT_EQ(contact.emails_size() + contact.phones_size(), 0);
  EXPECT_EQ(contact.owner() + contact.external_id(), "");
  EXPECT_THAT(Run("get " + ada), ::testing::Not(HasSubstr(acme)));
}

TEST_F(ContactCommands, TheContactsOfAFileAreUpserted) {
  const std::string file = ::testing::TempDir() + "/" + NewUuid() + ".jsonl";
  std::ofstream(file)
      << "{\"external_id\": \"x-1\", \"person\": {\"family_name\": \"Moreau\"}}\n\n"
         "{\"emails\": [\"ada@acme.example\"], \"person\": {\"given_name\": \"Ada\"}}\n";
  EXPECT_THAT(Run("upsert " + file),
              ::testing::AllOf(HasSubstr("     1  CREATED    contacts/"),
                               HasSubstr("     3  CREATED    contacts/"), HasSubstr("2 CREATED")));
  EXPECT_THAT(Run("upsert --only-errors " + file), ::testing::Eq("2 UNCHANGED\n"));
  std::remove(file.c_str());
}

TEST_F(ContactCommands, ContactsAreSearchedAndComparedByIt) {
  const std::string anna = Create(PersonRequest()).name();
  Create(PersonRequest());
  EXPECT_THAT(Run("search 'sneling anna' --kind person"), HasSubstr(anna));
  EXPECT_THAT(Run("duplicates " + anna), HasSubstr("Anna Snelling"));
  EXPECT_THAT(Run("duplicates"), HasSubstr(anna));
}

TEST_F(ContactCommands, ContactsAreMergedAndUnmergedByIt) {
  v1::CreateContactRequest request = PersonRequest("anna@acme.example");
  request.mutable_contact()->set_owner("mara");
  const std::string survivor = Create(request).name();
  request = PersonRequest("snelling@acme.example");
  request.mutable_contact()->set_owner("urs");
  const std::string other = Create(request).name();
  const std::string merge = "merge " + survivor + " " + other + " --choose owner=" + other;
  EXPECT_THAT(Run(merge + " --dry-run"), HasSubstr("snelling@acme.example"));
  EXPECT_EQ(Get(other).name(), other) << "only shown";
  EXPECT_THAT(Run(merge + " --yes"), HasSubstr("urs"));
  EXPECT_EQ(Get(other).name(), survivor);

  EXPECT_THAT(Run("unmerge " + other + " --dry-run"), HasSubstr("is part of " + survivor));
  EXPECT_EQ(Get(other).name(), survivor) << "only shown";
  Run("update " + survivor + " --owner otto");
  EXPECT_THAT(Run("unmerge " + other + " --yes"), HasSubstr("owner"));
  EXPECT_EQ(Get(other).owner(), "urs");
  EXPECT_EQ(Get(survivor).owner(), "otto");
}

TEST_F(ContactCommands, ThePrimaryEmploymentIsTheOneToChange) {
  const std::string acme = Create(OrganizationRequest()).name();
  v1::CreateContactRequest request = PersonRequest();
  request.mutable_contact()->add_employments()->set_organization(acme);
  auto& primary = *request.mutable_contact()->add_employments();
  primary.set_organization(acme);
  primary.set_primary(true);
  const std::string ada = Create(request).name();
  Run("update " + ada + " --job-title Buyer --since 2024-02-29 --attribute tier=gold");
  v1::Contact contact = Get(ada);
  ASSERT_EQ(contact.employments_size(), 2);
  EXPECT_EQ(contact.employments(0).job_title(), "");
  EXPECT_EQ(contact.employments(1).job_title(), "Buyer");
  EXPECT_EQ(contact.employments(1).since().day(), 29);
  EXPECT_EQ(contact.attributes().at("tier"), "gold");
  EXPECT_THAT(Run("list --filter 'attributes.tier = gold'"), HasSubstr(ada));

  Run("update " + ada + " --until 2025-01-31 --attribute ''");
  contact = Get(ada);
  EXPECT_TRUE(contact.attributes().empty());
  EXPECT_EQ(contact.employments(1).until().year(), 2025);
  EXPECT_TRUE(contact.employments(0).primary()) << "the other one has ended";
}

TEST_F(ContactCommands, EmploymentsAreAddedChangedAndRemoved) {
  const std::string acme = Create(OrganizationRequest("acme.example")).name();
  const std::string bolt = Create(OrganizationRequest("bolt.example")).name();
  const std::string ada = Create(PersonRequest()).name();
  Run("employment add " + ada + " --organization " + acme + " --job-title Buyer");
  Run("employment add " + ada + " --organization " + bolt + " --since 2025-02-01 --primary");
  v1::Contact contact = Get(ada);
  ASSERT_EQ(contact.employments_size(), 2);
  EXPECT_FALSE(contact.employments(0).primary());
  EXPECT_TRUE(contact.employments(1).primary());

  Run("employment change " + ada + " 2 --until 2025-03-31");
  Run("employment change " + ada + " 1 --job-title '' --department Purchasing");
  contact = Get(ada);
  EXPECT_EQ(contact.employments(0).job_title(), "");
  EXPECT_EQ(contact.employments(0).department(), "Purchasing");
  EXPECT_TRUE(contact.employments(0).primary());
  EXPECT_EQ(contact.employments(1).until().month(), 3);
  const std::string listed = Run("employment list " + ada);
  EXPECT_THAT(listed, HasSubstr("Purchasing"));
  EXPECT_THAT(listed, HasSubstr("2025-03-31"));

  EXPECT_THAT(Refused("employment remove " + ada + " 3"), HasSubstr("from 1 to 2"));
  EXPECT_THAT(Refused("employment add " + ada + " --job-title Buyer"), HasSubstr("--organization"));
  EXPECT_THAT(Refused("employment add " + ada + " --organization " + ada),
              HasSubstr("REFERENCE_NOT_FOUND"));
  Run("employment remove " + ada + " 2");
  contact = Get(ada);
  ASSERT_EQ(contact.employments_size(), 1);
  EXPECT_EQ(contact.employments(0).organization(), acme);
}

TEST_F(ContactCommands, AccountsAreChangedClosedAndReopened) {
  const v1::Contact acme = Create(OrganizationRequest());
  const v1::Contact ada = Create(PersonRequest());
  Win(acme, 100);
  const std::string name = AccountOf(acme).name();
  RunCommand("account update " + name + " --owner mara --attribute tier=gold --member " +
             ada.name() + "=decision-maker");
  EXPECT_EQ(AccountOf(acme).owner(), "mara");
  EXPECT_EQ(AccountOf(acme).members(0).role(), type::v1::BUYING_ROLE_DECISION_MAKER);
  EXPECT_THAT(RunCommand("account list --filter 'attributes.tier = gold'"), HasSubstr(name));
  EXPECT_THAT(RunCommand("account close " + name + " --reason unpaid --note 'since May'"),
              HasSubstr("since May"));
  EXPECT_EQ(AccountOf(acme).status(), v1::ACCOUNT_STATUS_CLOSED);
  RunCommand("account reopen " + name);
  RunCommand("account update " + name + " --member '' --attribute ''");
  EXPECT_EQ(AccountOf(acme).status(), v1::ACCOUNT_STATUS_ACTIVE);
  EXPECT_EQ(AccountOf(acme).members_size(), 0);
  EXPECT_TRUE(AccountOf(acme).attributes().empty());
  EXPECT_EQ(AccountOf(acme).owner(), "mara");
}

TEST_F(ContactCommands, AnOrganizationsNumbersAreTakenAwayToo) {
  v1::CreateContactRequest request = OrganizationRequest("acme.example");
  auto& organization = *request.mutable_contact()->mutable_organization();
  organization.set_employee_count(7);
  organization.set_founded_year(1887);
  organization.mutable_annual_revenue()->set_currency_code("EUR");
  organization.set_parent_organization(Create(OrganizationRequest()).name());
  organization.set_industry("steel");
  const std::string acme = Create(request).name();
  Run("update " + acme + " --employees '' --annual-revenue '' --parent '' --domain ''");
  const v1::Organization left = Get(acme).organization();
  EXPECT_FALSE(left.has_employee_count());
  EXPECT_FALSE(left.has_annual_revenue());
  EXPECT_EQ(left.parent_organization() + left.domain(), "");
  EXPECT_EQ(left.founded_year(), 1887);
  EXPECT_EQ(left.industry(), "steel");
  Run("update " + acme + " --founded 0012 --employees 9");
  EXPECT_EQ(Get(acme).organization().founded_year(), 12);
}

}  // namespace
}  // namespace crm::contact::testing
