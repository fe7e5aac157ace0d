#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/validation.h"
#include "crm/contact/v1/account_service.pb.h"
#include "crm/contact/v1/contact_service.pb.h"

// What the requests must look like, and what they ask for.
namespace crm::contact {

void Check(const v1::CreateContactRequest& request, rpc::Validation& v);
void Check(const v1::GetContactRequest& request, rpc::Validation& v);
void Check(const v1::BatchGetContactsRequest& request, rpc::Validation& v);
void Check(const v1::ListContactsRequest& request, rpc::Validation& v);
void Check(const v1::UpdateContactRequest& request, rpc::Validation& v);
void Check(const v1::DeleteContactRequest& request, rpc::Validation& v);
void Check(const v1::UndeleteContactRequest& request, rpc::Validation& v);
void Check(const v1::GetAccountRequest& request, rpc::Validation& v);
void Check(const v1::ListAccountsRequest& request, rpc::Validation& v);

// The fields that an update replaces, by their top-level names. Errors: rpc::MaskedPaths'.
absl::StatusOr<std::vector<std::string>> UpdatedFields(const v1::UpdateContactRequest& request);

}  // namespace crm::contact
