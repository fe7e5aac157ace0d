#include "services/contact/store/account_table.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/aggregate/attributes_json.h"
#include "common/aggregate/read_rows.h"
#include "common/pg/row_reader.h"
#include "services/contact/store/contact_json.h"
#include "services/contact/store/contact_stages.h"
#include "services/contact/store/statements.h"

namespace crm::contact {
namespace {

std::optional<std::vector<AccountMember>> ReadMembers(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "{") || !absl::ConsumeSuffix(&text, "}")) return std::nullopt;
  std::vector<AccountMember> members;
  for (const absl::string_view part : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const std::optional<base::Uuid> id = base::Uuid::Parse(part);
    if (!id.has_value()) return std::nullopt;
    members.push_back({*id});
  }
  return members;
}

std::string MembersText(const std::vector<AccountMember>& members) {
  pg::Array array;
  for (const AccountMember& member : members) array.Add(member.contact);
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
  const RolesOfMembers roles = read.Parsed(17, RolesFromJson);
  for (AccountMember& member : account.members) {
    const auto role = roles.find(member.contact);
    if (role != roles.end()) member.role = role->second;
  }
  account.close_reason = read.Enum(18, kAccountCloseReasonNames);
  account.close_note = read.Text(19);
  account.attributes = read.Parsed(20, aggregate::AttributesFromJson);
  account.merged_into = read.OptionalUuid(21);
  if (!read.ok()) return read.Damage(AccountName(account.id));
  return account;
}

void AddAccountRow(pg::Columns& columns, const Account& account) {
  columns.Add(account.tenant, account.id, account.revision, account.create_time,
              account.update_time, account.customer, account.display_name,
              account.first_opportunity, account.owner, account.open_time,
              base::NameOf(kAccountStatusNames, account.status), MembersText(account.members),
              account.win_count, SumsToJson(account.win_sums), account.last_win_time,
              account.stage_version, account.stage_time, RolesToJson(account.members),
              base::NameOf(kAccountCloseReasonNames, account.close_reason), account.close_note,
              aggregate::AttributesToJson(account.attributes), account.merged_into);
}

const pg::Statement& AccountTable::SelectForUpdate() const { return kLockAccounts; }
const pg::Statement& AccountTable::Select() const { return kSelectAccounts; }

absl::Status AccountTable::FindConflicts(pg::Transaction&, aggregate::Writes<Account>,
                                         absl::Span<absl::Status>) const {
  return absl::OkStatus();
}

absl::Status AccountTable::Insert(pg::Transaction&, aggregate::Writes<Account>) const {
  return absl::InternalError("accounts are opened by wins");
}

absl::Status AccountTable::Update(pg::Transaction& transaction,
                                  aggregate::Writes<Account> accounts) const {
  pg::Columns rows;
  for (const auto& [before, after] : accounts) AddAccountRow(rows, *after);
  return transaction.Defer(kWriteAccounts, rows);
}

void AccountTable::AppendStages(const Account& account,
                                std::vector<stage::StageRecord>& out) const {
  for (const StageChange& change : account.stage_changes) {
    out.push_back(StageRecordOf(account, change));
  }
}

std::string AccountTable::Name(const aggregate::Key& key) const { return AccountName(key.id); }

}  // namespace crm::contact
