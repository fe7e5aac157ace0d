// crm-opportunity: the composition root.

#include <memory>
#include <vector>

#include "common/aggregate/pg_repository.h"
#include "common/base/status.h"
#include "common/neighbours/cached_contact_directory.h"
#include "common/neighbours/grpc_contact_directory.h"
#include "common/neighbours/grpc_lead_directory.h"
#include "common/neighbours/neighbour_channel.h"
#include "common/serving/service.h"
#include "common/serving/subscription.h"
#include "services/opportunity/opportunity_commands.h"
#include "services/opportunity/opportunity_streams.h"
#include "services/opportunity/retirement/stage_mover.h"
#include "services/opportunity/rpc/opportunity_service.h"
#include "services/opportunity/store/opportunity_reads.h"
#include "services/opportunity/store/opportunity_table.h"
#include "services/opportunity/store/pipeline_table.h"
#include "services/opportunity/store/report_reads.h"
#include "services/opportunity/store/statements.h"

namespace crm::opportunity {

namespace {

constexpr char kErrorDomain[] = "crm.opportunity.v1";

class OpportunityProcess final : public serving::Service {
 public:
  OpportunityProcess(const serving::Process& process, const std::shared_ptr<grpc::Channel>& contact,
                     const std::shared_ptr<grpc::Channel>& lead,
                     const std::vector<serving::Followed>& streams)
      : definitions_(process.clock),
        table_(&definitions_, &process.ids),
        repository_(process.pool, table_, process.clock, process.on_commit),
        reads_(process.pool),
        pipelines_(process.pool, pipeline_table_, process.clock, process.on_commit),
        pipeline_reads_(process.pool, definitions_, process.clock),
        contacts_(contact, "crm-opportunity"),
        known_contacts_(contacts_, process.clock),
        leads_(lead, "crm-opportunity"),
        ports_{repository_,     reads_,        pipelines_,  pipeline_reads_,
               known_contacts_, process.clock, process.ids, leads_},
        service_(process.Bind(kErrorDomain), ports_),
        pipeline_service_(process.Bind(kErrorDomain), ports_),
        reports_(process.pool),
        report_service_(process.Bind(kErrorDomain), {reports_, process.clock, reads_}),
        retirements_(process.pool),
        retirement_metrics_(process.metrics, retirements_),
        mover_(repository_, retirements_, process.clock, process.ids, retirement_metrics_),
        subscriptions_(process, streams) {}

  std::vector<rpc::ServiceCore*> RpcServices() override {
    return {&service_, &pipeline_service_, &report_service_};
  }
  void Start() override {
    mover_.Start();
    subscriptions_.Start();
  }
  void Stop() override {
    subscriptions_.Stop();
    mover_.Stop();
  }

 private:
  DefinitionStore definitions_;
  const OpportunityTable table_;
  aggregate::PgRepository<Opportunity> repository_;
  const OpportunityReads reads_;
  const PipelineTable pipeline_table_;
  aggregate::PgRepository<Pipeline> pipelines_;
  PipelineReads pipeline_reads_;
  neighbours::GrpcContactDirectory contacts_;
  neighbours::CachedContactDirectory known_contacts_;
  neighbours::GrpcLeadDirectory leads_;
  const Ports ports_;
  OpportunityService service_;
  PipelineService pipeline_service_;
  const ReportReads reports_;
  ReportService report_service_;
  RetirementStore retirements_;
  RetirementMetrics retirement_metrics_;
  StageMover mover_;
  serving::Subscriptions subscriptions_;
};

absl::StatusOr<std::unique_ptr<serving::Service>> Make(const serving::Process& process,
                                                       const OpportunityOptions& options) {
  CRM_ASSIGN_OR_RETURN(const auto contact, neighbours::ChannelTo(options.contact_address,
                                                                 "crm.contact.v1.ContactService",
                                                                 process.neighbour_credentials));
  CRM_ASSIGN_OR_RETURN(const auto lead,
                       neighbours::ChannelTo(options.lead_address, "crm.lead.v1.LeadService",
                                             process.neighbour_credentials));
  CRM_ASSIGN_OR_RETURN(const auto streams, FollowedStreams(process, options));
  return std::make_unique<OpportunityProcess>(process, contact, lead, streams);
}

serving::ServiceDefinition Program(OpportunityOptions& values) {
  serving::ServiceDefinition definition;
  definition.name = "opportunity";
  definition.description = "Opportunities: from a qualified lead to a sale won or lost.";
  definition.migrations = Migrations();
  definition.neighbours = {{"contact", "", &values.contact_address},
                           {"lead", "", &values.lead_address}};
  definition.own_lanes = kNeighbourLanes;
  definition.single_lanes = kReportLanes;
  definition.commands = OpportunityCommands(values);
  definition.parties = &statements::kParties;
  definition.make = [&values](const serving::Process& process) { return Make(process, values); };
  return definition;
}

}  // namespace
}  // namespace crm::opportunity

int main(int argc, char** argv) {
  crm::opportunity::OpportunityOptions options;
  return crm::serving::Run(argc, argv, crm::opportunity::Program(options));
}
