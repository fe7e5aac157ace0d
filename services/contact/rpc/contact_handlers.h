#pragma once

#include "absl/types/span.h"
#include "common/rpc/call.h"
#include "services/contact/rpc/contact_service.h"

// The handlers behind ContactRpc, by group. Each finishes every call it is given.
namespace crm::contact {

template <class Request, class Response>
using Calls = absl::Span<rpc::Call<Request, Response>* const>;

// contact_reads.cc
void GetContacts(const Ports& parts, Calls<v1::GetContactRequest, v1::GetContactResponse> calls);
void BatchGetContacts(const Ports& parts,
                      Calls<v1::BatchGetContactsRequest, v1::BatchGetContactsResponse> calls);
absl::Status ListContacts(const Ports& parts, const rpc::CallContext& context,
                          const v1::ListContactsRequest& request,
                          v1::ListContactsResponse& response);

// contact_writes.cc
void CreateContacts(const Ports& parts,
                    Calls<v1::CreateContactRequest, v1::CreateContactResponse> calls);
void UpdateContacts(const Ports& parts,
                    Calls<v1::UpdateContactRequest, v1::UpdateContactResponse> calls);
void DeleteContacts(const Ports& parts,
                    Calls<v1::DeleteContactRequest, v1::DeleteContactResponse> calls);
void UndeleteContacts(const Ports& parts,
                      Calls<v1::UndeleteContactRequest, v1::UndeleteContactResponse> calls);

}  // namespace crm::contact
