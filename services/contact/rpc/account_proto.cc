#include "services/contact/rpc/account_proto.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// Enums of domain and API are numbered alike; contact_names_test compares their names.
static_assert(static_cast<int>(AccountStatus::kMerged) == v1::ACCOUNT_STATUS_MERGED);
static_assert(static_cast<int>(AccountCloseReason::kOther) == v1::ACCOUNT_CLOSE_REASON_OTHER);
static_assert(static_cast<int>(BuyingRole::kBlocker) == type::v1::BUYING_ROLE_BLOCKER);

void ToProto(const Account& account, v1::Account& message) {
  message.set_name(AccountName(account.id));
  message.set_etag(absl::StrCat(account.revision));
  message.set_customer(ContactName(account.customer));
  message.set_display_name(account.display_name);
  message.set_first_opportunity(rpc::FormatName("opportunities", account.first_opportunity));
  message.set_owner(account.owner);
  rpc::SetTime(account.open_time, message.mutable_open_time());
  message.set_status(static_cast<v1::AccountStatus>(account.status));
  message.set_close_reason(static_cast<v1::AccountCloseReason>(account.close_reason));
  message.set_close_note(account.close_note);
  for (const AccountMember& member : account.members) {
    v1::AccountMember& shown = *message.add_members();
    shown.set_contact(ContactName(member.contact));
    shown.set_role(static_cast<type::v1::BuyingRole>(member.role));
  }
  message.mutable_attributes()->insert(account.attributes.begin(), account.attributes.end());
  message.set_win_count(account.win_count);
  for (const auto& [currency, minor] : account.win_sums) {
    rpc::SetMoney({currency, minor}, message.add_win_sums());
  }
  if (account.last_win_time.has_value()) {
    rpc::SetTime(*account.last_win_time, message.mutable_last_win_time());
  }
  rpc::SetTime(account.create_time, message.mutable_create_time());
  rpc::SetTime(account.update_time, message.mutable_update_time());
  message.set_stage_version(account.stage_version);
  if (account.merged_into.has_value()) message.set_merged_into(AccountName(*account.merged_into));
}

AccountEdit EditFrom(const v1::UpdateAccountRequest& request,
                     const std::vector<std::string>& fields) {
  const v1::Account& given = request.account();
  AccountEdit edit;
  for (const std::string& field : fields) {
    if (field == "owner") edit.owner = given.owner();
    if (field == "attributes") {
      edit.attributes.emplace(given.attributes().begin(), given.attributes().end());
    }
    if (field != "members") continue;
    std::vector<AccountMember>& members = edit.members.emplace();
    for (const v1::AccountMember& member : given.members()) {
      members.push_back({rpc::ParseName(member.contact(), kContacts).value_or(base::Uuid()),
                         static_cast<BuyingRole>(member.role())});
    }
  }
  return edit;
}

}  // namespace crm::contact
