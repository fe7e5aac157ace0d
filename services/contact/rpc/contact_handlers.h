#pragma once

#include "absl/status/status.h"
#include "common/rpc/call.h"
#include "crm/contact/v1/contact_service.pb.h"
#include "services/contact/rpc/contact_ports.h"

namespace crm::contact {

using rpc::Calls;

// The methods that change nothing. Batches read all their contacts by one statement.
void GetContacts(const Ports& ports, Calls<v1::GetContactRequest, v1::GetContactResponse> calls);
void BatchGetContacts(const Ports& ports,
                      Calls<v1::BatchGetContactsRequest, v1::BatchGetContactsResponse> calls);
absl::Status ListContacts(const Ports& ports, const rpc::CallContext& context,
                          const v1::ListContactsRequest& request,
                          v1::ListContactsResponse& response);
absl::Status FindContacts(const Ports& ports, const rpc::CallContext& context,
                          const v1::FindContactsRequest& request,
                          v1::FindContactsResponse& response);
absl::Status ListContactRevisions(const Ports& ports, const rpc::CallContext& context,
                                  const v1::ListRevisionsRequest& request,
                                  v1::ListRevisionsResponse& response);

// The methods that write. Each batch is one transaction.
void CreateContacts(const Ports& ports,
                    Calls<v1::CreateContactRequest, v1::CreateContactResponse> calls);
void UpdateContacts(const Ports& ports,
                    Calls<v1::UpdateContactRequest, v1::UpdateContactResponse> calls);
void DeleteContacts(const Ports& ports,
                    Calls<v1::DeleteContactRequest, v1::DeleteContactResponse> calls);
void UndeleteContacts(const Ports& ports,
                      Calls<v1::UndeleteContactRequest, v1::UndeleteContactResponse> calls);

// Each is answered for itself. Transactions: one or two a round, rounds as many as upserts of one
// call depend on each other.
absl::Status UpsertContacts(const Ports& ports, const rpc::CallContext& context,
                            const v1::UpsertContactsRequest& request,
                            v1::UpsertContactsResponse& response);

}  // namespace crm::contact
