#include "services/contact/rpc/account_checks.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/rpc/field_mask.h"
#include "common/rpc/record_checks.h"
#include "common/rpc/request_checks.h"
#include "common/serving/revisions.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {
namespace {

constexpr size_t kOwnerLimit = 128;
constexpr rpc::MaskPath kMutableAccountFields[] = {{"owner"}, {"members"}, {"attributes"}};

void CheckMembers(const v1::Account& account, rpc::Validation& v) {
  v.Count("account.members", static_cast<size_t>(account.members_size()), kMemberLimit);
  const int most = std::min(account.members_size(), static_cast<int>(kMemberLimit));
  for (int i = 0; i < most; ++i) {
    const v1::AccountMember& member = account.members(i);
    const std::string path = absl::StrCat("account.members[", i, "].");
    v.Name(path + "contact", member.contact(), kContacts, rpc::kRequired)
        .Enum(path + "role", member.role(), type::v1::BuyingRole_IsValid(member.role()),
              rpc::kOptional);
  }
}

}  // namespace

void Check(const v1::GetAccountRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kAccounts, v);
  serving::CheckAsOf(request, v);
}

void Check(const v1::ListAccountsRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kAccounts, v);
}

void Check(const v1::AccountServiceListRevisionsRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kAccounts, v);
}

void Check(const v1::UpdateAccountRequest& request, rpc::Validation& v) {
  const v1::Account& account = request.account();
  rpc::CheckUpdate(request, "account", request.has_account(), account, kAccounts,
                   kMutableAccountFields, v);
  if (!request.has_account()) return;
  v.Text("account.owner", account.owner(), {.max = kOwnerLimit});
  CheckMembers(account, v);
  rpc::CheckAttributes("account.attributes", account.attributes(), v);
}

void Check(const v1::CloseAccountRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kAccounts, v);
  v.Enum("reason", request.reason(), v1::AccountCloseReason_IsValid(request.reason()),
         rpc::kRequired);
  const bool other = request.reason() == v1::ACCOUNT_CLOSE_REASON_OTHER;
  v.Text("note", request.note(),
         {other ? 1u : 0u, rpc::kTextLimit, other ? rpc::kRequired : rpc::kOptional});
}

void Check(const v1::ReopenAccountRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kAccounts, v);
}

std::vector<std::string> UpdatedFields(const v1::UpdateAccountRequest& request) {
  return rpc::MaskedPaths(request.update_mask(), kMutableAccountFields, request.account());
}

}  // namespace crm::contact
