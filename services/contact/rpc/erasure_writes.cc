#include "common/base/status.h"
#include "common/serving/requests.h"
#include "services/contact/domain/contact.h"
#include "services/contact/rpc/erasure_handlers.h"
#include "services/contact/rpc/erasure_proto.h"

namespace crm::contact {

absl::Status EraseContact(const ErasurePorts& ports, const rpc::CallContext& context,
                          const v1::EraseContactRequest& request,
                          v1::EraseContactResponse& response) {
  const ErasureRequest erasure{serving::KeyOf(context, request.name(), kContacts),
                               static_cast<ErasureReason>(request.reason()), context.actor,
                               request.etag()};
  CRM_ASSIGN_OR_RETURN(const Erasure made,
                       ports.erasures.Erase(erasure, ports.clock.Now(), context.deadline));
  ToProto(made, *response.mutable_erasure());
  return absl::OkStatus();
}

}  // namespace crm::contact
