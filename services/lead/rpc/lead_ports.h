#pragma once

#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/rpc/call_context.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"
#include "services/lead/conversion/lead_conversions.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/ports.h"
#include "services/lead/rpc/lead_proto.h"
#include "services/lead/store/lead_reads.h"

namespace crm::lead {

// What the methods work with. All outlive the service.
struct Ports {
  aggregate::Repository<Lead>& leads;
  const LeadReads& reads;
  ContactDirectory& contacts;
  LeadConversions& conversions;
  const base::Clock& clock;
  base::IdGenerator& ids;
};

// The key of a validated "leads/{uuid}".
inline aggregate::Key KeyOf(const rpc::CallContext& context, absl::string_view name) {
  return {context.tenant, *rpc::ParseName(name, "leads")};
}

// Who moves the lead, and when, by a request with a request_id and perhaps an effective_time.
template <class Req>
Occasion OccasionOf(const Ports& ports, const rpc::CallContext& context, const Req& request) {
  Occasion occasion;
  occasion.now = ports.clock.Now();
  if constexpr (requires { request.has_effective_time(); }) {
    if (request.has_effective_time()) {
      occasion.effective_time = rpc::TimeFrom(request.effective_time());
    }
  }
  occasion.event_id = ports.ids.New();
  occasion.actor = context.actor;
  occasion.request_id = request.request_id();
  occasion.traceparent = context.traceparent;
  return occasion;
}

}  // namespace crm::lead
