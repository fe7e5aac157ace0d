#pragma once

#include "absl/status/status.h"
#include "common/rpc/call_context.h"
#include "common/rpc/validation.h"
#include "common/serving/stage_event_service.h"
#include "crm/event/v1/stage_event_reads.pb.h"

// What those need who keep a copy of what a service says: whether the copy is true, and where to
// begin with one.
namespace crm::serving {

void CheckDigest(const event::v1::DigestStageEventsRequest& request, rpc::Validation& v);
absl::Status DigestStageEvents(const StageEventPorts& ports, const rpc::CallContext& context,
                               const event::v1::DigestStageEventsRequest& request,
                               event::v1::DigestStageEventsResponse& response);

void CheckPresentStages(const event::v1::ListPresentStagesRequest& request, rpc::Validation& v);
absl::Status ListPresentStages(const StageEventPorts& ports, const rpc::CallContext& context,
                               const event::v1::ListPresentStagesRequest& request,
                               event::v1::ListPresentStagesResponse& response);

}  // namespace crm::serving
