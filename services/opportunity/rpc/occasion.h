#pragma once

#include <string>

#include "common/aggregate/repository.h"
#include "common/error/error.h"
#include "common/rpc/call_context.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/rpc/opportunity_proto.h"

namespace crm::opportunity {

// Who makes a change by this request, and when.
template <class Req>
Occasion MakeOccasion(const rpc::CallContext& context, const Req& request, absl::Time now,
                      const base::Uuid& event_id) {
  Occasion occasion;
  occasion.now = now;
  if (request.has_effective_time()) {
    occasion.effective_time = rpc::TimeFrom(request.effective_time());
  }
  occasion.actor = context.actor;
  occasion.event_id = event_id;
  occasion.request_id = request.request_id();
  occasion.traceparent = context.traceparent;
  return occasion;
}

// The key of a validated name.
inline aggregate::Key KeyOf(const rpc::CallContext& context, absl::string_view name) {
  return {context.tenant, rpc::ParseName(name, "opportunities").value_or(base::Uuid())};
}

// The pipeline of a stored opportunity.
inline absl::StatusOr<const Pipeline*> PipelineOf(const Opportunity& opportunity) {
  const Pipeline* const pipeline = FindPipeline(opportunity.pipeline);
  if (pipeline == nullptr) return error::Internal("an opportunity's pipeline is not known");
  return pipeline;
}

// The serialized response `Resp {Opportunity opportunity = 1}`.
template <class Resp>
std::string SerializedAnswer(const Opportunity& opportunity) {
  static thread_local Resp response;
  response.Clear();
  ToMessage(opportunity, *response.mutable_opportunity());
  return response.SerializeAsString();
}

}  // namespace crm::opportunity
