#pragma once

#include "absl/status/status.h"
#include "common/rpc/call_context.h"
#include "crm/contact/v1/erasure_service.pb.h"
#include "services/contact/store/erasure_store.h"

namespace crm::contact {

// What the methods work with. All outlive the service.
struct ErasurePorts {
  const ErasureStore& erasures;
  const base::Clock& clock;
};

// The methods of ErasureService.
absl::Status EraseContact(const ErasurePorts& ports, const rpc::CallContext& context,
                          const v1::EraseContactRequest& request,
                          v1::EraseContactResponse& response);
absl::Status GetErasure(const ErasurePorts& ports, const rpc::CallContext& context,
                        const v1::GetErasureRequest& request, v1::GetErasureResponse& response);

}  // namespace crm::contact
