#include "services/contact/rpc/account_proto.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// Enums of domain and API are numbered alike; contact_names_test compares their names.
static_assert(static_cast<int>(AccountStatus::kClosed) == v1::ACCOUNT_STATUS_CLOSED);

void ToProto(const Account& account, v1::Account& message) {
  message.set_name(AccountName(account.id));
  message.set_etag(absl::StrCat(account.revision));
  message.set_customer(ContactName(account.customer));
  message.set_display_name(account.display_name);
  message.set_first_opportunity(rpc::FormatName("opportunities", account.first_opportunity));
  message.set_owner(account.owner);
  rpc::SetTime(account.open_time, message.mutable_open_time());
  message.set_status(static_cast<v1::AccountStatus>(account.status));
  for (const base::Uuid& member : account.members) {
    message.add_members()->set_contact(ContactName(member));
  }
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
}

}  // namespace crm::contact
