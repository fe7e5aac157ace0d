#include "services/contact/store/account_table.h"

#include <string>
#include <utility>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/contact/store/contact_json.h"
#include "services/contact/store/statements.h"

namespace crm::contact {
namespace {

std::vector<base::Uuid> ReadMembers(absl::string_view text) {
  absl::ConsumePrefix(&text, "{");
  absl::ConsumeSuffix(&text, "}");
  std::vector<base::Uuid> members;
  for (const absl::string_view part : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    if (const auto id = base::Uuid::Parse(part)) members.push_back(*id);
  }
  return members;
}

std::string MembersText(const std::vector<base::Uuid>& members) {
  pg::Array array;
  for (const base::Uuid& member : members) array.Add(member);
  return array.Text();
}

}  // namespace

Account ReadAccount(const pg::Row& row) {
  Account account;
  account.tenant = row.Text(0);
  account.id = row.Uuid(1);
  account.revision = row.Int(2);
  account.create_time = row.Time(3);
  account.update_time = row.Time(4);
  account.customer = row.Uuid(5);
  account.display_name = row.Text(6);
  account.first_opportunity = row.Uuid(7);
  account.owner = row.Text(8);
  account.open_time = row.Time(9);
  account.status =
      base::ValueOf(kAccountStatusNames, row.View(10)).value_or(AccountStatus::kActive);
  account.members = ReadMembers(row.View(11));
  account.win_count = row.Int(12);
  account.win_sums = ReadSums(row.View(13));
  account.last_win_time = row.OptionalTime(14);
  account.stage_version = row.Int(15);
  account.stage_time = row.Time(16);
  return account;
}

void AddAccountRow(pg::Columns& columns, const Account& account) {
  columns.Add(account.tenant, account.id, account.revision, account.create_time,
              account.update_time, account.customer, account.display_name,
              account.first_opportunity, account.owner, account.open_time,
              base::NameOf(kAccountStatusNames, account.status), MembersText(account.members),
              account.win_count, SumsJson(account.win_sums), account.last_win_time,
              account.stage_version, account.stage_time);
}

const aggregate::Listing& AccountListing() {
  static constexpr aggregate::ListedField kFields[] = {
      {"status", "text", "status"},
      {"owner", "text", "owner"},
      {"customer", "uuid", "customer"},
      {"create_time", "timestamptz", "create_time"},
  };
  static const aggregate::Listing kListing = {kListAccounts, nullptr, kFields};
  return kListing;
}

}  // namespace crm::contact
