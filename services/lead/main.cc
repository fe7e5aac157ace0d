// crm-lead: the composition root.

#include <memory>
#include <string>
#include <vector>

#include "common/aggregate/pg_repository.h"
#include "common/base/status.h"
#include "common/neighbours/cached_contact_directory.h"
#include "common/neighbours/grpc_contact_directory.h"
#include "common/neighbours/neighbour_channel.h"
#include "common/serving/consumer_command.h"
#include "common/serving/dead_letter_command.h"
#include "common/serving/erasures.h"
#include "common/serving/service.h"
#include "common/serving/subscription.h"
#include "common/stage/envelope.h"
#include "common/stage/stage_event.h"
#include "services/lead/clients/grpc_contact_registry.h"
#include "services/lead/clients/grpc_conversion_facts.h"
#include "services/lead/clients/grpc_employer_linker.h"
#include "services/lead/clients/grpc_opportunity_opener.h"
#include "services/lead/clients/grpc_organization_directory.h"
#include "services/lead/conversion/conversion_command.h"
#include "services/lead/conversion/conversion_completer.h"
#include "services/lead/domain/personal_data.h"
#include "services/lead/prediction/daily_training.h"
#include "services/lead/rpc/lead_proto.h"
#include "services/lead/rpc/lead_service.h"
#include "services/lead/sales/sales_effect.h"
#include "services/lead/store/lead_table.h"
#include "services/lead/store/pg_conversion_store.h"
#include "services/lead/store/report_reads.h"
#include "services/lead/store/statements.h"

namespace crm::lead {
namespace {

struct LeadOptions {
  std::string contact_address;
  std::string opportunity_address;
  std::string aged_out_events = "stop";
};

serving::KeptOfContacts KeptOfContacts() {
  return {"lead", PersonalDataOfLeads(), kLockLeadsOfContact, "leads"};
}

// What becomes of the opportunities that leads were converted into.
serving::SubscriptionPlan SalesPlan(const LeadOptions& options) {
  return {
      .consumer = kSalesConsumer,
      .neighbour = "opportunity",
      .decode =
          [](const redis::StreamEntry& entry) { return stage::DecodeEntryOf(kSaleEvents, entry); },
      .effect = FollowSales,
      .concerns = stage::HasPayload,
      // Reports alone read it.
      .pace = absl::Milliseconds(250),
      .aged_out = serving::AgedOutNamed(options.aged_out_events),
      .rebuilds = true};
}

using Channel = std::shared_ptr<grpc::Channel>;

// To the neighbours' methods and to their events.
struct Channels {
  Channel contact;
  Channel opportunity;
  Channel contact_events;
  Channel opportunity_events;
};

class LeadProcess final : public serving::Service {
 public:
  LeadProcess(const serving::Process& process, const LeadOptions& options, const Channels& to)
      : leads_(process.pool, table_, process.clock, process.on_commit),
        reads_(process.pool),
        policies_(process.pool),
        grounds_(reads_, policies_),
        conversion_store_(process.pool),
        conversion_reads_(process.pool),
        contacts_(to.contact, "crm-lead"),
        known_contacts_(contacts_, process.clock),
        opener_(to.opportunity),
        conversion_facts_(to.contact, to.opportunity),
        employers_(to.contact),
        metrics_(process.metrics, conversion_store_, process.clock),
        conversions_({leads_, conversion_store_, opener_, process.clock, process.ids,
                      ConvertLeadAnswer, base::RandomBits,
                      [this](ConversionState state) { metrics_.Entered(state); }, &employers_}),
        completer_(conversions_, metrics_),
        outcomes_(process.pool),
        organizations_(to.contact),
        models_(process.pool),
        collector_(leads_, reads_, outcomes_, organizations_),
        predictions_(collector_, reads_, models_, process.clock),
        training_(predictions_, models_),
        registry_(to.contact),
        claims_(process.pool),
        captured_contacts_(registry_, claims_),
        captures_({leads_, reads_, captured_contacts_, process.ids}),
        assignments_(process.pool),
        ports_{leads_,       reads_,        grounds_,      policies_,         known_contacts_,
               conversions_, process.clock, process.ids,   conversion_reads_, conversion_facts_,
               captures_,    assignments_,  organizations_},
        service_(process.Bind("crm.lead.v1"), ports_),
        policy_service_(process.Bind("crm.lead.v1"), ports_),
        conversion_service_(process.Bind("crm.lead.v1"),
                            {conversion_store_, conversion_reads_, process.clock, process.executor,
                             leads_, conversion_facts_, process.ids}),
        prediction_service_(process.Bind("crm.lead.v1"), {predictions_, models_}),
        assignment_service_(process.Bind("crm.lead.v1"), ports_),
        reports_(process.pool, stage::StreamKeys("opportunity")),
        report_service_(process.Bind("crm.lead.v1"), {reports_, process.clock}),
        erasures_(process, serving::FollowErasures(process, KeptOfContacts()), to.contact_events),
        sales_(process, SalesPlan(options), to.opportunity_events) {}

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
    erasures_.Start();
    sales_.Start();
  }
  void Stop() override {
    sales_.Stop();
    erasures_.Stop();
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
  serving::Subscription erasures_;
  serving::Subscription sales_;
};

absl::StatusOr<std::vector<serving::Followed>> FollowedStreams(const serving::Process& process,
                                                               const LeadOptions& options) {
  CRM_ASSIGN_OR_RETURN(
      const auto contact,
      neighbours::EventChannelTo(options.contact_address, process.neighbour_credentials));
  CRM_ASSIGN_OR_RETURN(
      const auto opportunity,
      neighbours::EventChannelTo(options.opportunity_address, process.neighbour_credentials));
  return std::vector<serving::Followed>{
      {serving::FollowErasures(process, KeptOfContacts()), contact},
      {SalesPlan(options), opportunity}};
}

absl::StatusOr<std::unique_ptr<serving::Service>> Make(const serving::Process& process,
                                                       const LeadOptions& options) {
  Channels to;
  CRM_ASSIGN_OR_RETURN(
      to.contact, neighbours::ChannelTo(options.contact_address, "crm.contact.v1.ContactService",
                                        process.neighbour_credentials));
  CRM_ASSIGN_OR_RETURN(
      to.opportunity,
      neighbours::ChannelTo(options.opportunity_address, "crm.opportunity.v1.OpportunityService",
                            process.neighbour_credentials));
  CRM_ASSIGN_OR_RETURN(
      to.contact_events,
      neighbours::EventChannelTo(options.contact_address, process.neighbour_credentials));
  CRM_ASSIGN_OR_RETURN(
      to.opportunity_events,
      neighbours::EventChannelTo(options.opportunity_address, process.neighbour_credentials));
  return std::make_unique<LeadProcess>(process, options, to);
}

serving::ServiceDefinition Definition(LeadOptions& values) {
  serving::ServiceDefinition definition;
  definition.name = "lead";
  definition.description = "Leads, their qualification, and their conversion into opportunities.";
  definition.migrations = Migrations();
  definition.neighbours = {{"contact", "", &values.contact_address},
                           {"opportunity", "", &values.opportunity_address}};
  definition.own_lanes = kOwnLanes;
  definition.single_lanes = kReportLanes;
  definition.add_options = [&values](config::Options& options) {
    options.Choice("aged-out-events",
                   "what to do about events of opportunities that left their service's log unread",
                   &values.aged_out_events, serving::AgedOutNames());
  };
  definition.commands = {
      {"conversions", "list those that need attention; \"retry ID|all\", \"give-up ID\"",
       [](const serving::Process& process, const std::vector<std::string>& words) {
         PgConversionStore store(process.pool);
         return RunConversions(store, process.clock, words);
       }},
      serving::DeadLetterCommand([&values](const serving::Process& process) {
        return std::vector{serving::FollowErasures(process, KeptOfContacts()), SalesPlan(values)};
      }),
      serving::ConsumerCommand(
          [&values](const serving::Process& process) { return FollowedStreams(process, values); })};
  definition.parties = &kLeadParties;
  definition.make = [&values](const serving::Process& process) { return Make(process, values); };
  return definition;
}

}  // namespace
}  // namespace crm::lead

int main(int argc, char** argv) {
  crm::lead::LeadOptions options;
  return crm::serving::Run(argc, argv, crm::lead::Definition(options));
}
