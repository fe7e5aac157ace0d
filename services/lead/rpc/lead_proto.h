#pragma once

#include <string>

#include "crm/lead/v1/lead_service.pb.h"
#include "services/lead/domain/lead.h"

// Domain values ⇄ messages. What comes from a message has been validated.
namespace crm::lead {

void ToProto(const Lead& lead, v1::Lead& message);
void ToProto(const Assessment& assessment, v1::Assessment& message);
void ToProto(const Activity& activity, v1::Activity& message);
void ToProto(const Verdict& verdict, v1::Verdict& message);

// The settable fields of a lead, by their names in the interface.
extern const char* const kSettableFields[6];
// Copies one settable field.
void SetField(const v1::Lead& from, absl::string_view field, Lead& to);

// Without id, actor and record time; times that are not given are `now`.
Activity ActivityFrom(const v1::Activity& message, absl::Time now);
Assessment AssessmentFrom(const v1::Assessment& message, absl::Time now);
ConversionPlan PlanFrom(const v1::ConvertLeadRequest& request);

// The serialized ConvertLeadResponse for a lead whose conversion has begun.
std::string ConvertLeadAnswer(const Lead& lead);

}  // namespace crm::lead
