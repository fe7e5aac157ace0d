// crm-lead: the composition root.

#include <memory>
#include <vector>

#include "common/aggregate/pg_repository.h"
#include "common/base/status.h"
#include "common/neighbours/cached_contact_directory.h"
#include "common/neighbours/grpc_contact_directory.h"
#include "common/neighbours/neighbour_channel.h"
#include "common/serving/service.h"
#include "common/serving/subscription.h"
#include "common/stage/stage_event.h"
#include "services/lead/clients/grpc_contact_registry.h"
#include "services/lead/clients/grpc_conversion_facts.h"
#include "services/lead/clients/grpc_employer_linker.h"
#include "services/lead/clients/grpc_opportunity_opener.h"
#include "services/lead/clients/grpc_organization_directory.h"
#include "services/lead/conversion/conversion_completer.h"
#include "services/lead/lead_commands.h"
#include "services/lead/lead_options.h"
#include "services/lead/lead_streams.h"
#include "services/lead/prediction/daily_training.h"
#include "services/lead/rpc/lead_proto.h"
#include "services/lead/rpc/lead_service.h"
#include "services/lead/store/lead_table.h"
#include "services/lead/store/pg_conversion_store.h"
#include "services/lead/store/report_reads.h"
#include "services/lead/store/statements.h"

namespace crm::lead {
namespace {

constexpr char kErrorDomain[] = "crm.lead.v1";

using Channel = std::shared_ptr<grpc::Channel>;

class LeadProcess final : public serving::Service {
 public:
  LeadProcess(const serving::Process& process, const Channel& contact, const Channel& opportunity,
              const std::vector<serving::Followed>& streams)
      : leads_(process.pool, table_, process.clock, process.on_commit),
        reads_(process.pool),
        policies_(process.pool),
        grounds_(reads_, policies_),
        conversion_store_(process.pool),
        conversion_reads_(process.pool),
        contacts_(contact, "crm-lead"),
        known_contacts_(contacts_, process.clock),
        opener_(opportunity),
        conversion_facts_(contact, opportunity),
        employers_(contact),
        metrics_(process.metrics, conversion_store_, process.clock),
        conversions_({leads_, conversion_store_, opener_, process.clock, process.ids,
                      ConvertLeadAnswer, base::RandomBits,
                      [this](ConversionState state) { metrics_.Entered(state); }, &employers_}),
        completer_(conversions_, metrics_),
        outcomes_(process.pool),
        organizations_(contact),
        models_(process.pool),
        collector_(leads_, reads_, outcomes_, organizations_),
        predictions_(collector_, reads_, models_, process.clock),
        training_(predictions_, models_),
        registry_(contact),
        claims_(process.pool),
        captured_contacts_(registry_, claims_),
        captures_({leads_, reads_, captured_contacts_, process.ids}),
        assignments_(process.pool),
        ports_{leads_,       reads_,        grounds_,      policies_,         known_contacts_,
               conversions_, process.clock, process.ids,   conversion_reads_, conversion_facts_,
               captures_,    assignments_,  organizations_},
        service_(process.Bind(kErrorDomain), ports_),
        policy_service_(process.Bind(kErrorDomain), ports_),
        conversion_service_(process.Bind(kErrorDomain),
                            {conversion_store_, conversion_reads_, process.clock, process.executor,
                             leads_, conversion_facts_, process.ids}),
        prediction_service_(process.Bind(kErrorDomain), {predictions_, models_}),
        assignment_service_(process.Bind(kErrorDomain), ports_),
        reports_(process.pool, stage::StreamKeys("opportunity")),
        report_service_(process.Bind(kErrorDomain), {reports_, process.clock}),
        subscriptions_(process, streams) {}

  std::vector<rpc::ServiceCore*> RpcServices() override {
    return {&service_,
            &policy_service_,
            &conversion_service_,
            &prediction_service_,
            &assignment_service_,
            &report_service_};
  }
  void Start() override {
    completer_.Start();
    training_.Start();
    subscriptions_.Start();
  }
  void Stop() override {
    subscriptions_.Stop();
    training_.Stop();
    completer_.Stop();
  }

 private:
  const LeadTable table_;
  aggregate::PgRepository<Lead> leads_;
  const LeadReads reads_;
  PolicyStore policies_;
  const GroundsReads grounds_;
  PgConversionStore conversion_store_;
  const ConversionReads conversion_reads_;
  neighbours::GrpcContactDirectory contacts_;
  neighbours::CachedContactDirectory known_contacts_;
  GrpcOpportunityOpener opener_;
  GrpcConversionFacts conversion_facts_;
  GrpcEmployerLinker employers_;
  ConversionMetrics metrics_;
  LeadConversions conversions_;
  ConversionCompleter completer_;
  const OutcomeReads outcomes_;
  GrpcOrganizationDirectory organizations_;
  ModelStore models_;
  OutcomeCollector collector_;
  Predictions predictions_;
  DailyTraining training_;
  GrpcContactRegistry registry_;
  ClaimStore claims_;
  CapturedContacts captured_contacts_;
  LeadCaptures captures_;
  AssignmentStore assignments_;
  const Ports ports_;
  LeadService service_;
  QualificationPolicyService policy_service_;
  ConversionService conversion_service_;
  PredictionService prediction_service_;
  AssignmentService assignment_service_;
  const ReportReads reports_;
  ReportService report_service_;
  serving::Subscriptions subscriptions_;
};

absl::StatusOr<std::unique_ptr<serving::Service>> Make(const serving::Process& process,
                                                       const LeadOptions& options) {
  CRM_ASSIGN_OR_RETURN(const Channel contact, neighbours::ChannelTo(options.contact_address,
                                                                    "crm.contact.v1.ContactService",
                                                                    process.neighbour_credentials));
  CRM_ASSIGN_OR_RETURN(
      const Channel opportunity,
      neighbours::ChannelTo(options.opportunity_address, "crm.opportunity.v1.OpportunityService",
                            process.neighbour_credentials));
  CRM_ASSIGN_OR_RETURN(const auto streams, FollowedStreams(process, options));
  return std::make_unique<LeadProcess>(process, contact, opportunity, streams);
}

serving::ServiceDefinition Program(LeadOptions& values) {
  serving::ServiceDefinition definition;
  definition.name = "lead";
  definition.description = "Leads, their qualification, and their conversion into opportunities.";
  definition.migrations = Migrations();
  definition.neighbours = {{"contact", "", &values.contact_address},
                           {"opportunity", "", &values.opportunity_address}};
  definition.own_lanes = kOwnLanes;
  definition.single_lanes = kReportLanes;
  definition.add_options = [&values](config::Options& options) { AddLeadOptions(options, values); };
  definition.commands = LeadCommands(values);
  definition.parties = &kLeadParties;
  definition.make = [&values](const serving::Process& process) { return Make(process, values); };
  return definition;
}

}  // namespace
}  // namespace crm::lead

int main(int argc, char** argv) {
  crm::lead::LeadOptions options;
  return crm::serving::Run(argc, argv, crm::lead::Program(options));
}
