#pragma once

#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/rpc/call_context.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/rpc/opportunity_proto.h"
#include "services/opportunity/store/opportunity_reads.h"

namespace crm::opportunity {

// What the methods work with. All outlive the service.
struct Ports {
  aggregate::Repository<Opportunity>& opportunities;
  const OpportunityReads& reads;
  const base::Clock& clock;
  base::IdGenerator& ids;
};

// The key of a validated "opportunities/{uuid}".
inline aggregate::Key KeyOf(const rpc::CallContext& context, absl::string_view name) {
  return {context.tenant, rpc::ParseName(name, "opportunities").value_or(base::Uuid())};
}

// Who makes a change by this request, and when.
template <class Req>
Occasion OccasionOf(const Ports& ports, const rpc::CallContext& context, const Req& request) {
  Occasion occasion;
  occasion.now = ports.clock.Now();
  if (request.has_effective_time()) {
    occasion.effective_time = rpc::TimeFrom(request.effective_time());
  }
  occasion.actor = context.actor;
  occasion.event_id = ports.ids.New();
  occasion.request_id = request.request_id();
  occasion.traceparent = context.traceparent;
  return occasion;
}

}  // namespace crm::opportunity
