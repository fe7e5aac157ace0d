#include "services/lead/rpc/policy_proto.h"

#include <string>

#include "common/rpc/proto_values.h"

namespace crm::lead {

void ToProto(const PolicyRevision& revision, v1::QualificationPolicy& message) {
  const QualificationPolicy& policy = revision.policy;
  message.set_revision(policy.revision);
  message.set_etag(std::to_string(policy.revision));
  for (const Criterion criterion : kCriteria) {
    v1::CriterionRule& rule = *message.add_rules();
    rule.set_criterion(static_cast<v1::Criterion>(static_cast<int>(criterion)));
    rule.set_weight(policy.rule(criterion).weight);
    rule.set_required(policy.rule(criterion).required);
  }
  message.set_threshold(policy.threshold);
  message.set_longest_days_to_purchase(policy.longest_purchase_days);
  message.set_stale_after_days(policy.stale_days);
  if (revision.record_time != absl::InfinitePast()) {
    rpc::SetTime(revision.record_time, message.mutable_record_time());
  }
  message.set_actor(revision.actor);
}

QualificationPolicy FromProto(const v1::QualificationPolicy& message) {
  QualificationPolicy policy{};
  for (const v1::CriterionRule& rule : message.rules()) {
    if (rule.criterion() == v1::CRITERION_UNSPECIFIED || !v1::Criterion_IsValid(rule.criterion())) {
      continue;
    }
    policy.rule(static_cast<Criterion>(rule.criterion())) = {rule.weight(), rule.required()};
  }
  policy.threshold = message.threshold();
  policy.longest_purchase_days = message.longest_days_to_purchase();
  policy.stale_days = message.stale_after_days();
  return policy;
}

}  // namespace crm::lead
