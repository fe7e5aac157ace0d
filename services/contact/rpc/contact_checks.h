#pragma once

#include <string>
#include <vector>

#include "common/rpc/validation.h"
#include "crm/contact/v1/contact_service.pb.h"

// What is wrong with each request, all of it at once.
namespace crm::contact {

// Of a contact to be made, the field "contact" of its request.
void CheckDraft(const v1::Contact& contact, rpc::Validation& v);

// Of what is to be written of a contact that is there, the same field.
void CheckGiven(const v1::Contact& contact, rpc::Validation& v);

void Check(const v1::CreateContactRequest& request, rpc::Validation& v);
void Check(const v1::GetContactRequest& request, rpc::Validation& v);
void Check(const v1::BatchGetContactsRequest& request, rpc::Validation& v);
void Check(const v1::ListContactsRequest& request, rpc::Validation& v);
void Check(const v1::ListRevisionsRequest& request, rpc::Validation& v);
void Check(const v1::FindContactsRequest& request, rpc::Validation& v);
void Check(const v1::UpdateContactRequest& request, rpc::Validation& v);
void Check(const v1::DeleteContactRequest& request, rpc::Validation& v);
void Check(const v1::UndeleteContactRequest& request, rpc::Validation& v);

// The fields that a checked update replaces.
std::vector<std::string> UpdatedFields(const v1::UpdateContactRequest& request);

}  // namespace crm::contact
