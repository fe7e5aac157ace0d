#pragma once

#include "absl/status/status.h"
#include "common/rpc/call.h"
#include "crm/contact/v1/search_service.pb.h"
#include "services/contact/rpc/contact_ports.h"

namespace crm::contact {

// The methods of ContactSearchService.
absl::Status SearchContacts(const Ports& ports, const rpc::CallContext& context,
                            const v1::SearchContactsRequest& request,
                            v1::SearchContactsResponse& response);

absl::Status FindDuplicates(const Ports& ports, const rpc::CallContext& context,
                            const v1::FindDuplicatesRequest& request,
                            v1::FindDuplicatesResponse& response);
absl::Status ListDuplicateGroups(const Ports& ports, const rpc::CallContext& context,
                                 const v1::ListDuplicateGroupsRequest& request,
                                 v1::ListDuplicateGroupsResponse& response);

}  // namespace crm::contact
