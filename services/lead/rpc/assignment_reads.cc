#include <optional>

#include "common/base/status.h"
#include "common/serving/revisions.h"
#include "services/lead/rpc/assignment_handlers.h"
#include "services/lead/rpc/assignment_proto.h"

namespace crm::lead {

absl::Status GetAssignmentRules(const Ports& ports, const rpc::CallContext& context,
                                const v1::GetAssignmentRulesRequest& request,
                                v1::GetAssignmentRulesResponse& response) {
  CRM_ASSIGN_OR_RETURN(
      const RulesRevision found,
      ports.assignments.Find(context.tenant, request.revision(), context.deadline));
  ToProto(found, *response.mutable_rules());
  return absl::OkStatus();
}

absl::Status ListAssignmentRuleRevisions(const Ports& ports, const rpc::CallContext& context,
                                         const v1::ListAssignmentRuleRevisionsRequest& request,
                                         v1::ListAssignmentRuleRevisionsResponse& response) {
  return serving::AnswerNewestFirst(
      context, request, response,
      [&](std::optional<int64_t> before, int limit) {
        return ports.assignments.List(context.tenant, before, limit, context.deadline);
      },
      [](auto& page, const RulesRevision& revision) {
        ToProto(revision, *page.add_revisions());
        return revision.rules.revision;
      });
}

}  // namespace crm::lead
