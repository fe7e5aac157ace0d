#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/error/refusals.h"
#include "common/rpc/resource_name.h"
#include "common/serving/changes.h"
#include "services/contact/domain/account_edit.h"
#include "services/contact/rpc/account_checks.h"
#include "services/contact/rpc/account_handlers.h"
#include "services/contact/rpc/account_proto.h"

namespace crm::contact {
namespace {

// The serialized response of a method that answers with the account alone.
template <class Response>
std::string AccountAnswer(const Account& account) {
  Response response;
  ToProto(account, *response.mutable_account());
  return response.SerializeAsString();
}

using Known = absl::flat_hash_set<aggregate::Key>;

// The contacts among those that the calls name as members; deleted ones too, and none is ever
// deleted for good. UNAVAILABLE and the like if they cannot be read.
absl::StatusOr<Known> FindMembers(
    const Ports& ports, Calls<v1::UpdateAccountRequest, v1::UpdateAccountResponse> calls) {
  Known wanted;
  base::Deadline deadline = base::SteadyTime::InfinitePast();
  for (const auto* call : calls) {
    for (const v1::AccountMember& member : call->request().account().members()) {
      wanted.insert(serving::KeyOf(call->context(), member.contact(), kContacts));
    }
    deadline = std::max(deadline, call->context().deadline);
  }
  if (wanted.empty()) return wanted;
  const std::vector<aggregate::Key> keys(wanted.begin(), wanted.end());
  const auto found = ports.contacts.Get(keys, deadline);
  for (size_t i = 0; i < keys.size(); ++i) {
    if (absl::IsNotFound(found[i].status())) {
      wanted.erase(keys[i]);
    } else if (!found[i].ok() && !absl::IsDataLoss(found[i].status())) {
      return found[i].status();
    }
  }
  return wanted;
}

absl::Status CheckKnown(const Account& account, const AccountEdit& edit, const Known& known) {
  if (!edit.members.has_value()) return absl::OkStatus();
  for (size_t i = 0; i < edit.members->size(); ++i) {
    const base::Uuid& contact = (*edit.members)[i].contact;
    if (known.contains(aggregate::Key{account.tenant, contact})) continue;
    return error::ReferenceNotFound(absl::StrCat("account.members[", i, "].contact"),
                                    ContactName(contact));
  }
  return absl::OkStatus();
}

}  // namespace

void UpdateAccounts(const Ports& ports,
                    Calls<v1::UpdateAccountRequest, v1::UpdateAccountResponse> calls) {
  const absl::StatusOr<Known> known = FindMembers(ports, calls);
  if (!known.ok()) {
    for (auto* call : calls) call->Finish(known.status());
    return;
  }
  serving::AnswerUpdates(
      ports.accounts, kAccounts, calls, &v1::UpdateAccountRequest::account,
      AccountAnswer<v1::UpdateAccountResponse>,
      [](const auto& request) { return EditFrom(request, UpdatedFields(request)); },
      [&known = *known](Account& account, const AccountEdit& edit) -> absl::Status {
        CRM_RETURN_IF_ERROR(CheckKnown(account, edit, known));
        return error::Under("account", Edit(account, edit));
      });
}

void CloseAccounts(const Ports& ports,
                   Calls<v1::CloseAccountRequest, v1::CloseAccountResponse> calls) {
  serving::AnswerMoves(ports.accounts, kAccounts, ports, calls,
                       AccountAnswer<v1::CloseAccountResponse>,
                       [](Account& account, const auto& request, const Occasion& occasion) {
                         return Close(account, static_cast<AccountCloseReason>(request.reason()),
                                      request.note(), occasion);
                       });
}

void ReopenAccounts(const Ports& ports,
                    Calls<v1::ReopenAccountRequest, v1::ReopenAccountResponse> calls) {
  serving::AnswerMoves(ports.accounts, kAccounts, ports, calls,
                       AccountAnswer<v1::ReopenAccountResponse>,
                       [](Account& account, const auto&, const Occasion& occasion) {
                         return Reopen(account, occasion);
                       });
}

}  // namespace crm::contact
