#pragma once

#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/neighbours/contact_directory.h"
#include "common/rpc/executor.h"
#include "services/lead/capture/lead_captures.h"
#include "services/lead/conversion/lead_conversions.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/ports.h"
#include "services/lead/prediction/predictions.h"
#include "services/lead/store/assignment_store.h"
#include "services/lead/store/conversion_reads.h"
#include "services/lead/store/grounds_reads.h"
#include "services/lead/store/lead_reads.h"
#include "services/lead/store/model_store.h"
#include "services/lead/store/policy_store.h"
#include "services/lead/store/report_reads.h"

namespace crm::lead {

// What the methods work with. All outlive the service.
struct Ports {
  aggregate::Repository<Lead>& leads;
  const LeadReads& reads;
  const GroundsReads& grounds;
  PolicyStore& policies;
  neighbours::ContactDirectory& contacts;
  LeadConversions& conversions;
  const base::Clock& clock;
  base::IdGenerator& ids;
  const ConversionReads& conversion_reads;
  ConversionFactFinder& conversion_facts;
  LeadCaptures& captures;
  AssignmentStore& assignments;
  OrganizationDirectory& organizations;
};

// What the methods of conversions work with.
struct ConversionPorts {
  ConversionStore& store;
  const ConversionReads& reads;
  const base::Clock& clock;
  const rpc::Executor& executor;  // that runs the methods
  aggregate::Repository<Lead>& leads;
  ConversionFactFinder& facts;
  base::IdGenerator& ids;
};

// What the methods of predictions work with.
struct PredictionPorts {
  Predictions& predictions;
  const ModelStore& models;
};

// What reports work with.
struct ReportPorts {
  const ReportReads& reports;
  const base::Clock& clock;
};

}  // namespace crm::lead
