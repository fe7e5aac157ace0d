// Rows of contacts and accounts that this version of the service cannot read.

#include "tests/contract/damaged_rows.h"

#include "absl/strings/str_cat.h"
#include "services/contact/store/contact_reads.h"
#include "tests/contract/contact/store_fixture.h"

namespace crm::contact::testing {
namespace {

using ::crm::testing::Damage;
using ::crm::testing::ExpectDamaged;

constexpr Damage kContactDamages[] = {
    {"KindOfANewerVersion", "kind = 'ROBOT'"},
    {"StageOfANewerVersion", "stage = 'PARTNER'"},
    {"NoOwner", "owner = NULL"},
    {"EmailsThatAreNoList", "emails = '{}'"},
    {"EmailWithoutAddress", "emails = '[{\"label\": \"work\"}]'"},
    {"PhonesThatAreNumbers", "phones = '[1]'"},
    {"NumberBeyondAnyRange", "phones = '[1e999]'"},
    {"EmploymentNowhere", "employments = '[{\"job_title\": \"Buyer\"}]'"},
    {"EmploymentOnNoDay",
     "employments = jsonb_build_array(jsonb_build_object('organization', id, "
     "'since', '2026-02-30'))"},
    {"AttributesThatAreNumbers", "attributes = '{\"tier\": 1}'"},
    {"NeverEndingTime", "stage_time = 'infinity'"},
};

class DamagedContact : public StoreTest, public ::testing::WithParamInterface<Damage> {};

TEST_P(DamagedContact, IsDataLossForItselfAlone) {
  auto first = NewPerson(1);
  auto second = NewPerson(2);
  Create(first, second);
  Sql(
      absl::StrCat("ALTER TABLE contact DROP CONSTRAINT contact_kind, DROP CONSTRAINT "
                   "contact_stage, ALTER owner DROP NOT NULL; UPDATE contact SET ",
                   GetParam().set, " WHERE id = '", Id(1).ToString(), "'"));
  const std::string row =
      absl::StrCat("SELECT contact FROM contact WHERE id = '", Id(1).ToString(), "'");
  const std::string before = Sql(row);
  crm::testing::ExpectDamageStaysAlone<Contact>(*contacts_, {"acme", Id(1)}, {"acme", Id(2)},
                                                ContactName(Id(1)), [](Contact& contact) {
                                                  contact.owner = "another";
                                                  return absl::OkStatus();
                                                });
  EXPECT_EQ(Sql(row), before);
  listing::Query query;
  query.tenant = "acme";
  ExpectDamaged(ContactReads(*pool_).ListContacts(query, absl::Now() + kPatience).status(),
                ContactName(Id(1)));
}

constexpr Damage kAccountDamages[] = {
    {"StatusOfANewerVersion", "status = 'FROZEN'"},
    {"MembersWithAHole", "members = ARRAY[NULL]::uuid[]"},
    {"RoleOfANewerVersion", "member_roles = jsonb_build_object(id, 'JESTER')"},
    {"RoleOfNobody", "member_roles = '{\"anna\": \"BUYER\"}'"},
    {"ClosedForAReasonOfANewerVersion", "close_reason = 'BORED'"},
    {"SumsThatAreNoNumbers", "win_sums = '{\"EUR\": \"12\"}'"},
    {"SumWithAFraction", "win_sums = '{\"EUR\": 1.5}'"},
    {"SumBeyond64Bits", "win_sums = '{\"EUR\": 99999999999999999999}'"},
};

class DamagedAccount : public StoreTest, public ::testing::WithParamInterface<Damage> {};

TEST_P(DamagedAccount, IsDataLossForItselfAlone) {
  const auto insert = [this](uint64_t id) {
    Sql(absl::StrCat("INSERT INTO account SELECT 'acme', '", Id(id).ToString(), "', 1, t, t, '",
                     Id(id).ToString(), "', 'A', '", Id(9).ToString(),
                     "', 'owner', t, 'ACTIVE', '{}', 1, '{\"EUR\": 12}', t, 1, t "
                     "FROM (SELECT '2026-01-01 00:00:00Z'::timestamptz AS t) AS now"));
  };
  insert(1);
  insert(2);
  Sql(absl::StrCat("ALTER TABLE account DROP CONSTRAINT account_status; UPDATE account SET ",
                   GetParam().set, " WHERE id = '", Id(1).ToString(), "'"));
  const ContactReads reads(*pool_);
  const aggregate::Key keys[] = {{"acme", Id(1)}, {"acme", Id(2)}, {"acme", Id(3)}};
  const auto found = reads.GetAccounts(keys, absl::Now() + kPatience);
  ExpectDamaged(found[0].status(), AccountName(Id(1)));
  EXPECT_EQ(found[1].value().win_sums.at("EUR"), 12);
  EXPECT_TRUE(absl::IsNotFound(found[2].status())) << found[2].status();
  listing::Query query;
  query.tenant = "acme";
  ExpectDamaged(reads.ListAccounts(query, absl::Now() + kPatience).status(), AccountName(Id(1)));
}

std::string NameOfDamage(const ::testing::TestParamInfo<Damage>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Contacts, DamagedContact, ::testing::ValuesIn(kContactDamages),
                         NameOfDamage);
INSTANTIATE_TEST_SUITE_P(Accounts, DamagedAccount, ::testing::ValuesIn(kAccountDamages),
                         NameOfDamage);

}  // namespace
}  // namespace crm::contact::testing
