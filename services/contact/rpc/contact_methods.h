#pragma once

#include "absl/types/span.h"
#include "common/rpc/call.h"
#include "services/contact/rpc/contact_rpc.h"

// The handlers behind ContactRpc, by group. Each finishes every call it is given.
namespace crm::contact {

template <class Request, class Response>
using Calls = absl::Span<rpc::Call<Request, Response>* const>;

// contact_reads.cc
void GetContacts(const ContactRpcParts& parts,
                 Calls<v1::GetContactRequest, v1::GetContactResponse> calls);
void BatchGetContacts(const ContactRpcParts& parts,
                      Calls<v1::BatchGetContactsRequest, v1::BatchGetContactsResponse> calls);
absl::Status ListContacts(const ContactRpcParts& parts, const rpc::CallContext& context,
                          const v1::ListContactsRequest& request,
                          v1::ListContactsResponse& response);

// contact_writes.cc
void CreateContacts(const ContactRpcParts& parts,
                    Calls<v1::CreateContactRequest, v1::CreateContactResponse> calls);
void UpdateContacts(const ContactRpcParts& parts,
                    Calls<v1::UpdateContactRequest, v1::UpdateContactResponse> calls);
void DeleteContacts(const ContactRpcParts& parts,
                    Calls<v1::DeleteContactRequest, v1::DeleteContactResponse> calls);
void UndeleteContacts(const ContactRpcParts& parts,
                      Calls<v1::UndeleteContactRequest, v1::UndeleteContactResponse> calls);

}  // namespace crm::contact
