#pragma once

#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/neighbours/contact_directory.h"
#include "common/neighbours/lead_directory.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/store/opportunity_reads.h"
#include "services/opportunity/store/pipeline_reads.h"
#include "services/opportunity/store/report_reads.h"

namespace crm::opportunity {

// What the methods work with. All outlive the service.
struct Ports {
  aggregate::Repository<Opportunity>& opportunities;
  const OpportunityReads& reads;
  aggregate::Repository<Pipeline>& pipelines;
  PipelineReads& pipeline_reads;
  neighbours::ContactDirectory& contacts;
  const base::Clock& clock;
  base::IdGenerator& ids;
  neighbours::LeadDirectory& leads;
};

// What the reports work with. All outlive the service.
struct ReportPorts {
  const ReportReads& reports;
  const base::Clock& clock;
  const OpportunityReads& reads;
};

}  // namespace crm::opportunity
