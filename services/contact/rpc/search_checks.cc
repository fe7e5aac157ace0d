#include "services/contact/rpc/search_checks.h"

#include "common/rpc/request_checks.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

void Check(const v1::SearchContactsRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kContacts, v);
  v.Text("query", request.query(), {1, rpc::kNameLimit, rpc::kRequired})
      .Enum("kind", request.kind(), v1::ContactKind_IsValid(request.kind()), rpc::kOptional);
}

}  // namespace crm::contact
