#include "common/serving/batch_write.h"
#include "services/lead/rpc/policy_handlers.h"
#include "services/lead/rpc/policy_proto.h"

namespace crm::lead {

void UpdateQualificationPolicies(
    const Ports& ports,
    rpc::Calls<v1::UpdateQualificationPolicyRequest, v1::UpdateQualificationPolicyResponse> calls) {
  for (auto* call : calls) {
    const v1::UpdateQualificationPolicyRequest& request = call->request();
    PolicyUpdate update;
    update.tenant = call->context().tenant;
    update.policy = FromProto(request.policy());
    update.etag = request.policy().etag();
    update.request = serving::RequestOf(call->context(), request);
    update.actor = call->context().actor;
    update.now = ports.clock.Now();
    update.answer = [](const PolicyRevision& revision) {
      v1::UpdateQualificationPolicyResponse response;
      ToProto(revision, *response.mutable_policy());
      return response.SerializeAsString();
    };
    const auto answer = ports.policies.Update(update, call->context().deadline);
    if (answer.ok()) {
      call->FinishSerialized(answer->bytes, answer->replayed);
    } else {
      call->Finish(answer.status());
    }
  }
}

}  // namespace crm::lead
