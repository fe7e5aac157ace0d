#include <optional>

#include "common/rpc/proto_values.h"
#include "common/serving/revisions.h"
#include "services/lead/rpc/policy_handlers.h"
#include "services/lead/rpc/policy_proto.h"

namespace crm::lead {
absl::Status GetQualificationPolicy(const Ports& ports, const rpc::CallContext& context,
                                    const v1::GetQualificationPolicyRequest& request,
                                    v1::GetQualificationPolicyResponse& response) {
  PolicyQuestion question{context.tenant, request.revision()};
  if (request.has_as_of_time()) question.time = rpc::TimeFrom(request.as_of_time());
  const auto found = ports.policies.Find(absl::MakeConstSpan(&question, 1), context.deadline);
  if (!found[0].ok()) return found[0].status();
  ToProto(*found[0], *response.mutable_policy());
  return absl::OkStatus();
}

absl::Status ListQualificationPolicyRevisions(
    const Ports& ports, const rpc::CallContext& context,
    const v1::ListQualificationPolicyRevisionsRequest& request,
    v1::ListQualificationPolicyRevisionsResponse& response) {
  return serving::AnswerNewestFirst(
      context, request, response,
      [&](std::optional<int64_t> before, int limit) {
        return ports.policies.List(context.tenant, before, limit, context.deadline);
      },
      [](auto& page, const PolicyRevision& revision) {
        ToProto(revision, *page.add_policies());
        return revision.policy.revision;
      });
}

}  // namespace crm::lead
