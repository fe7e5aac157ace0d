#pragma once

#include "absl/status/status.h"
#include "common/rpc/call.h"
#include "crm/contact/v1/account_service.pb.h"
#include "services/contact/rpc/contact_ports.h"

namespace crm::contact {

using rpc::Calls;

// The methods of AccountService.
void GetAccounts(const Ports& ports, Calls<v1::GetAccountRequest, v1::GetAccountResponse> calls);
absl::Status ListAccounts(const Ports& ports, const rpc::CallContext& context,
                          const v1::ListAccountsRequest& request,
                          v1::ListAccountsResponse& response);
absl::Status ListAccountRevisions(const Ports& ports, const rpc::CallContext& context,
                                  const v1::AccountServiceListRevisionsRequest& request,
                                  v1::AccountServiceListRevisionsResponse& response);

}  // namespace crm::contact
