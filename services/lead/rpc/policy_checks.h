#pragma once

#include "absl/strings/string_view.h"
#include "common/rpc/validation.h"
#include "crm/lead/v1/qualification_policy.pb.h"
#include "crm/lead/v1/qualification_policy_service.pb.h"

// What is wrong with each request, all of it at once.
namespace crm::lead {

void Check(const v1::GetQualificationPolicyRequest& request, rpc::Validation& v);
void Check(const v1::UpdateQualificationPolicyRequest& request, rpc::Validation& v);
void Check(const v1::ListQualificationPolicyRevisionsRequest& request, rpc::Validation& v);

// A policy that a request has at `path`, stored or only a draft.
void CheckPolicy(absl::string_view path, const v1::QualificationPolicy& policy, rpc::Validation& v);

}  // namespace crm::lead
