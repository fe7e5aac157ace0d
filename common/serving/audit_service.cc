#include "common/serving/audit_service.h"

#include <vector>

#include "common/access/access_store.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/request_checks.h"
#include "common/serving/list_page.h"
#include "crm/audit/v1/audit_service.grpc.pb.h"

namespace crm::serving {
namespace {

void CheckList(const audit::v1::ListAccessRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, "", v);
}

void Show(const access::Record& record, audit::v1::Access& access) {
  rpc::SetTime(record.access_time, access.mutable_access_time());
  access.set_actor(record.actor);
  access.set_method(record.method);
  for (const std::string& name : record.names) access.add_names(name);
}

absl::Status ListAccess(const AuditPorts& ports, const rpc::CallContext& context,
                        const audit::v1::ListAccessRequest& request,
                        audit::v1::ListAccessResponse& response) {
  return AnswerList(
      context, request, response, access::Fields(), access::Orders(),
      [&](const listing::Query& query) {
        return access::List(ports.pool, query, context.deadline);
      },
      [&](const access::Record& record) -> const audit::v1::Access& {
        audit::v1::Access& access = *response.add_accesses();
        Show(record, access);
        return access;
      });
}

}  // namespace

AuditService::AuditService(const rpc::Binding& binding, pg::Pool& pool)
    : Service(audit::v1::AuditService::service_full_name(), binding, {pool}) {
  Single("ListAccess", rpc::Lane::kRead, CheckList, ListAccess);
}

}  // namespace crm::serving
