#pragma once

#include <string>
#include <vector>

#include "common/rpc/validation.h"
#include "crm/contact/v1/account_service.pb.h"

// What is wrong with each request, all of it at once.
namespace crm::contact {

void Check(const v1::GetAccountRequest& request, rpc::Validation& v);
void Check(const v1::ListAccountsRequest& request, rpc::Validation& v);
void Check(const v1::AccountServiceListRevisionsRequest& request, rpc::Validation& v);
void Check(const v1::UpdateAccountRequest& request, rpc::Validation& v);
void Check(const v1::CloseAccountRequest& request, rpc::Validation& v);
void Check(const v1::ReopenAccountRequest& request, rpc::Validation& v);

// The fields that a checked update writes.
std::vector<std::string> UpdatedFields(const v1::UpdateAccountRequest& request);

}  // namespace crm::contact
