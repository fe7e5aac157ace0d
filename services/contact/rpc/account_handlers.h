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

// The methods that write. Each batch is one transaction; an update reads the contacts of its
// members first.
void UpdateAccounts(const Ports& ports,
                    Calls<v1::UpdateAccountRequest, v1::UpdateAccountResponse> calls);
void CloseAccounts(const Ports& ports,
                   Calls<v1::CloseAccountRequest, v1::CloseAccountResponse> calls);
void ReopenAccounts(const Ports& ports,
                    Calls<v1::ReopenAccountRequest, v1::ReopenAccountResponse> calls);

}  // namespace crm::contact
