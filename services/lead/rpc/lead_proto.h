#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "services/lead/domain/activity_edit.h"
#include "services/lead/domain/conversion.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/lead_edit.h"

// Domain values ⇄ messages. What comes from a message has been validated.
namespace crm::lead {

void ToProto(const Lead& lead, v1::Lead& message);
void ToProto(const Assignment& assignment, v1::Assignment& message);
void ToProto(const Assessment& assessment, v1::Assessment& message);
void ToProto(const Activity& activity, v1::Activity& message);
void ToProto(const Verdict& verdict, v1::Verdict& message);
void ToProto(const NextStep& step, v1::NextStep& message);
void ToProto(const Standing& standing, v1::Standing& message);
v1::VerdictOutcome ToProto(VerdictOutcome outcome);
NextStep FromProto(const v1::NextStep& message);

// Without id, actor and record time; times that are not given are `now`.
Activity FromProto(const v1::Activity& message, absl::Time now);
Assessment FromProto(const v1::Assessment& message, absl::Time now);
ConversionPlan FromProto(const v1::ConvertLeadRequest& request);
DisqualifyReason FromProto(v1::DisqualifyReason reason);

// The new values of those in `fields`, which are names of fields that can be set.
LeadEdit EditFrom(const v1::Lead& message, const std::vector<std::string>& fields);
ActivityEdit EditFrom(const v1::Activity& message, const std::vector<std::string>& fields);

// The serialized ConvertLeadResponse for a lead whose conversion has begun.
std::string ConvertLeadAnswer(const Lead& lead);

}  // namespace crm::lead
