#pragma once

#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/neighbours/contact_directory.h"
#include "services/lead/conversion/lead_conversions.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/ports.h"
#include "services/lead/store/lead_reads.h"

namespace crm::lead {

// What the methods work with. All outlive the service.
struct Ports {
  aggregate::Repository<Lead>& leads;
  const LeadReads& reads;
  neighbours::ContactDirectory& contacts;
  LeadConversions& conversions;
  const base::Clock& clock;
  base::IdGenerator& ids;
};

}  // namespace crm::lead
