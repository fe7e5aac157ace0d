#pragma once

#include "common/rpc/validation.h"
#include "crm/contact/v1/search_service.pb.h"

// What is wrong with each request, all of it at once.
namespace crm::contact {

void Check(const v1::SearchContactsRequest& request, rpc::Validation& v);

void Check(const v1::FindDuplicatesRequest& request, rpc::Validation& v);
void Check(const v1::ListDuplicateGroupsRequest& request, rpc::Validation& v);

}  // namespace crm::contact
