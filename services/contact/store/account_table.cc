#include "services/contact/store/account_table.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/aggregate/read_rows.h"
#include "common/pg/row_reader.h"
#include "services/contact/store/contact_json.h"
#include "services/contact/store/statements.h"

namespace crm::contact {
namespace {

std::optional<std::vector<base::Uuid>> ReadMembers(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "{") || !absl::ConsumeSuffix(&text, "}")) return std::nullopt;
  std::vector<base::Uuid> members;
  for (const absl::string_view part : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const std::optional<base::Uuid> id = base::Uuid::Parse(part);
    if (!id.has_value()) return std::nullopt;
    members.push_back(*id);
  }
  return members;
}

std::string MembersText(const std::vector<base::Uuid>& members) {
  pg::Array array;
  for (const base::Uuid& member : members) array.Add(member);
  return array.Text();
}

}  // namespace

absl::StatusOr<Account> ReadAccount(const pg::Row& row) {
  pg::RowReader read(row);
  Account account;
  aggregate::ReadHead(read, account);
  account.customer = read.Uuid(5);
  account.display_name = read.Text(6);
  account.first_opportunity = read.Uuid(7);
  account.owner = read.Text(8);
  account.open_time = read.Time(9);
  account.status = read.Enum(10, kAccountStatusNames);
  account.members = read.Parsed(11, ReadMembers);
  account.win_count = read.Int(12);
  account.win_sums = read.Parsed(13, SumsFromJson);
  account.last_win_time = read.OptionalTime(14);
  account.stage_version = read.Int(15);
  account.stage_time = read.Time(16);
  if (!read.ok()) return read.Damage(AccountName(account.id));
  return account;
}

void AddAccountRow(pg::Columns& columns, const Account& account) {
  columns.Add(account.tenant, account.id, account.revision, account.create_time,
              account.update_time, account.customer, account.display_name,
              account.first_opportunity, account.owner, account.open_time,
              base::NameOf(kAccountStatusNames, account.status), MembersText(account.members),
              account.win_count, SumsToJson(account.win_sums), account.last_win_time,
              account.stage_version, account.stage_time);
}

}  // namespace crm::contact
