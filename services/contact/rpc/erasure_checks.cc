#include "services/contact/rpc/erasure_checks.h"

#include "common/rpc/request_checks.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

void Check(const v1::EraseContactRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kContacts, v);
  v.Enum("reason", request.reason(), v1::ErasureReason_IsValid(request.reason()), rpc::kRequired);
}

void Check(const v1::GetErasureRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kContacts, v);
}

}  // namespace crm::contact
