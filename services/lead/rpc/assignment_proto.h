#pragma once

#include "crm/lead/v1/assignment_service.pb.h"
#include "services/lead/store/assignment_store.h"

// Rules ⇄ messages. What comes from a message has been validated, but for what FaultsOf looks at.
namespace crm::lead {

void ToProto(const RulesRevision& revision, v1::AssignmentRules& message);
void ToProto(const Dealt& dealt, v1::LeadAssignment& message);

// Without the revision; its rules stand as they are given.
AssignmentRules FromProto(const v1::AssignmentRules& message);

}  // namespace crm::lead
