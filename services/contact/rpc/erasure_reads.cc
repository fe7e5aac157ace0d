#include "common/base/status.h"
#include "common/serving/requests.h"
#include "services/contact/domain/contact.h"
#include "services/contact/rpc/erasure_handlers.h"
#include "services/contact/rpc/erasure_proto.h"

namespace crm::contact {

absl::Status GetErasure(const ErasurePorts& ports, const rpc::CallContext& context,
                        const v1::GetErasureRequest& request, v1::GetErasureResponse& response) {
  CRM_ASSIGN_OR_RETURN(
      const Erasure erasure,
      ports.erasures.Find(serving::KeyOf(context, request.name(), kContacts), context.deadline));
  ToProto(erasure, *response.mutable_erasure());
  return absl::OkStatus();
}

}  // namespace crm::contact
