#include "services/contact/rpc/account_checks.h"

#include "common/rpc/request_checks.h"
#include "common/serving/revisions.h"
#include "services/contact/domain/account.h"

namespace crm::contact {

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

}  // namespace crm::contact
