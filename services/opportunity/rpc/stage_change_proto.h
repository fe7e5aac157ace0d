#pragma once

#include "crm/opportunity/v1/stage_change.pb.h"
#include "services/opportunity/domain/gate_rules.h"
#include "services/opportunity/domain/stage_change.h"
#include "services/opportunity/domain/stage_story.h"

// What the history of an opportunity says, as messages.
namespace crm::opportunity {

void ToProto(const StageChange& change, v1::StageChange& message);
void ToProto(const StageTime& time, v1::StageTime& message);
void ToProto(const GateCheck& check, v1::GateCheck& message);

}  // namespace crm::opportunity
