#pragma once

#include "common/rpc/validation.h"
#include "crm/contact/v1/merge.pb.h"

// What is wrong with each request, all of it at once.
namespace crm::contact {

void Check(const v1::PreviewMergeRequest& request, rpc::Validation& v);
void Check(const v1::MergeContactsRequest& request, rpc::Validation& v);
void Check(const v1::UnmergeContactRequest& request, rpc::Validation& v);

}  // namespace crm::contact
