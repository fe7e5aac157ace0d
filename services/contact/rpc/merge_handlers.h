#pragma once

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/rpc/call.h"
#include "crm/contact/v1/merge.pb.h"
#include "services/contact/store/merge_store.h"

namespace crm::contact {

// What the methods of MergeService work with. All outlive the service.
struct MergePorts {
  const MergeStore& merges;
  const base::Clock& clock;
  base::IdGenerator& ids;
};

absl::Status PreviewMerge(const MergePorts& ports, const rpc::CallContext& context,
                          const v1::PreviewMergeRequest& request,
                          v1::PreviewMergeResponse& response);

// Each call is a transaction of its own.
void MergeContacts(const MergePorts& ports,
                   rpc::Calls<v1::MergeContactsRequest, v1::MergeContactsResponse> calls);
void UnmergeContacts(const MergePorts& ports,
                     rpc::Calls<v1::UnmergeContactRequest, v1::UnmergeContactResponse> calls);

}  // namespace crm::contact
