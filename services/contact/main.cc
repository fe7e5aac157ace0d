// crm-contact: the composition root.

#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "common/aggregate/pg_repository.h"
#include "common/base/status.h"
#include "common/event/consumer_inbox.h"
#include "common/neighbours/neighbour_channel.h"
#include "common/serving/consumer_command.h"
#include "common/serving/dead_letter_command.h"
#include "common/serving/grpc_stage_event_source.h"
#include "common/serving/service.h"
#include "common/serving/subscription.h"
#include "common/stage/envelope.h"
#include "common/stage/stage_effect.h"
#include "common/stage/stage_event.h"
#include "services/contact/erasure/erasure_answers.h"
#include "services/contact/erasure/erasure_command.h"
#include "services/contact/erasure/erasure_keeper.h"
#include "services/contact/lifecycle/lifecycle_effect.h"
#include "services/contact/lifecycle/orphan_command.h"
#include "services/contact/normalize/libphonenumber_normalizer.h"
#include "services/contact/normalize/renormalize_command.h"
#include "services/contact/rpc/contact_service.h"
#include "services/contact/store/account_table.h"
#include "services/contact/store/contact_reads.h"
#include "services/contact/store/contact_table.h"
#include "services/contact/store/erasure_store.h"
#include "services/contact/store/merge_store.h"
#include "services/contact/store/search_table.h"
#include "services/contact/store/survivor_store.h"

namespace crm::contact {
namespace {

constexpr char kErrorDomain[] = "crm.contact.v1";

struct ContactOptions {
  std::string lead_address;
  std::string opportunity_address;
  std::string phone_region;
  std::vector<std::string> tenant_phone_regions;
  std::string public_mail_domains;
  std::string aged_out_events = "stop";
};

// Of "acme=CH" and the like; nothing if one is not that.
std::optional<std::map<std::string, std::string, std::less<>>> TenantRegions(
    const std::vector<std::string>& pairs) {
  std::map<std::string, std::string, std::less<>> regions;
  for (const std::string& pair : pairs) {
    const size_t at = pair.rfind('=');
    if (at == 0 || at == pair.npos || at + 1 == pair.size()) return std::nullopt;
    std::string region = pair.substr(at + 1);
    if (!LibphonenumberNormalizer::KnowsRegion(region)) return std::nullopt;
    regions[pair.substr(0, at)] = std::move(region);
  }
  return regions;
}

LibphonenumberNormalizer PhonesOf(const ContactOptions& options) {
  return LibphonenumberNormalizer(options.phone_region,
                                  TenantRegions(options.tenant_phone_regions)
                                      .value_or(std::map<std::string, std::string, std::less<>>()));
}

std::optional<std::string> TextOf(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return file.good() ? std::optional(text.str()) : std::nullopt;
}

MailDomains MailDomainsOf(const ContactOptions& options) {
  if (options.public_mail_domains.empty()) return MailDomains();
  return MailDomains(TextOf(options.public_mail_domains).value_or(""));
}

stage::StageEffect EffectOf(const serving::Process& process) {
  return WithErasureAnswers(LifecycleEffect(process.clock, process.ids));
}

serving::SubscriptionPlan LifecycleOf(const serving::Process& process, const ContactOptions& values,
                                      const char* neighbour) {
  return {.consumer = kLifecycleConsumer,
          .neighbour = neighbour,
          .decode = stage::DecodeEntry,
          .effect = EffectOf(process),
          .aged_out = serving::AgedOutNamed(values.aged_out_events),
          .rebuilds = true};
}

class ContactProcess final : public serving::Service {
 public:
  ContactProcess(const serving::Process& process, const ContactOptions& options,
                 const std::shared_ptr<grpc::Channel>& lead,
                 const std::shared_ptr<grpc::Channel>& opportunity)
      : mail_domains_(MailDomainsOf(options)),
        phones_(PhonesOf(options)),
        contacts_(process.pool, table_, process.clock, process.on_commit),
        resolving_(contacts_),
        accounts_(process.pool, account_table_, process.clock, process.on_commit),
        resolving_accounts_(accounts_),
        reads_(process.pool),
        search_(process.pool),
        duplicates_(process.pool),
        merges_(process.pool, process.ids, process.on_commit),
        ports_{resolving_,    resolving_accounts_, reads_,  phones_,
               process.clock, process.ids,         search_, duplicates_,
               mail_domains_, &contacts_},
        erasures_(process.pool, process.ids, process.on_commit),
        erasure_keeper_(erasures_, process.clock, process.metrics),
        contact_service_(process.Bind(kErrorDomain), ports_),
        account_service_(process.Bind(kErrorDomain), ports_),
        search_service_(process.Bind(kErrorDomain), ports_),
        erasure_service_(process.Bind(kErrorDomain), {erasures_, process.clock}),
        merge_service_(process.Bind(kErrorDomain), {merges_, process.clock, process.ids}),
        lead_(process, LifecycleOf(process, options, "lead"), lead),
        opportunity_(process, LifecycleOf(process, options, "opportunity"), opportunity) {}

  std::vector<rpc::ServiceCore*> RpcServices() override {
    return {&contact_service_, &account_service_, &search_service_, &erasure_service_,
            &merge_service_};
  }

  void Start() override {
    lead_.Start();
    opportunity_.Start();
    erasure_keeper_.Start();
  }

  void Stop() override {
    erasure_keeper_.Stop();
    lead_.Stop();
    opportunity_.Stop();
  }

 private:
  const MailDomains mail_domains_;
  const LibphonenumberNormalizer phones_;
  const ContactTable table_;
  aggregate::PgRepository<Contact> contacts_;
  ResolvingContacts resolving_;
  const AccountTable account_table_;
  aggregate::PgRepository<Account> accounts_;
  ResolvingAccounts resolving_accounts_;
  const ContactReads reads_;
  const SearchStore search_;
  const DuplicateStore duplicates_;
  const MergeStore merges_;
  const Ports ports_;
  const ErasureStore erasures_;
  ErasureKeeper erasure_keeper_;
  ContactService contact_service_;
  AccountService account_service_;
  ContactSearchService search_service_;
  ErasureService erasure_service_;
  MergeService merge_service_;
  serving::Subscription lead_;
  serving::Subscription opportunity_;
};

absl::StatusOr<std::shared_ptr<grpc::Channel>> StreamOf(const serving::Process& process,
                                                        const std::string& address) {
  return neighbours::ChannelTo(address, "crm.event.v1.StageEventService",
                               process.neighbour_credentials);
}

absl::StatusOr<std::unique_ptr<serving::Service>> Make(const serving::Process& process,
                                                       const ContactOptions& options) {
  CRM_ASSIGN_OR_RETURN(const auto lead, StreamOf(process, options.lead_address));
  CRM_ASSIGN_OR_RETURN(const auto opportunity, StreamOf(process, options.opportunity_address));
  return std::make_unique<ContactProcess>(process, options, lead, opportunity);
}

absl::StatusOr<std::vector<serving::Followed>> AllFollowed(const serving::Process& process,
                                                           const ContactOptions& options) {
  CRM_ASSIGN_OR_RETURN(const auto lead, StreamOf(process, options.lead_address));
  CRM_ASSIGN_OR_RETURN(const auto opportunity, StreamOf(process, options.opportunity_address));
  return std::vector<serving::Followed>{
      {LifecycleOf(process, options, "lead"), lead},
      {LifecycleOf(process, options, "opportunity"), opportunity}};
}

// The partitions of a neighbour's log.
using Logs = std::vector<std::unique_ptr<serving::GrpcStageEventSource>>;
absl::StatusOr<Logs> LogsOf(const std::shared_ptr<grpc::Channel>& channel) {
  Logs logs;
  logs.push_back(std::make_unique<serving::GrpcStageEventSource>(channel, "crm-contact"));
  CRM_ASSIGN_OR_RETURN(const int partitions, logs[0]->CountPartitions());
  for (int partition = 1; partition < partitions; ++partition) {
    logs.push_back(
        std::make_unique<serving::GrpcStageEventSource>(channel, "crm-contact", partition));
  }
  return logs;
}

// "forget-orphans", for both neighbours.
absl::Status RunForgetOrphans(const serving::Process& process, const ContactOptions& options) {
  const LifecycleEffect effect(process.clock, process.ids);
  CRM_ASSIGN_OR_RETURN(const auto database, pg::Connection::Open(process.database));
  for (const auto& [neighbour, address] :
       {std::pair("lead", options.lead_address), {"opportunity", options.opportunity_address}}) {
    CRM_ASSIGN_OR_RETURN(const auto channel, StreamOf(process, address));
    CRM_ASSIGN_OR_RETURN(const auto sources, LogsOf(channel));
    for (size_t i = 0; i < sources.size(); ++i) {
      const std::string stream = stage::StreamKey(neighbour, static_cast<int>(i));
      event::ConsumerInbox inbox(database.get(), kLifecycleConsumer, stream);
      CRM_RETURN_IF_ERROR(ForgetOrphans(inbox, *sources[i], effect, stream));
    }
  }
  return absl::OkStatus();
}

// "erasures".
absl::Status RunErasuresWith(const serving::Process& process, const ContactOptions& options,
                             const std::vector<std::string>& words) {
  const ErasureStore erasures(process.pool, process.ids, process.on_commit);
  if (words.empty()) return RunErasures(erasures, {}, process.clock, words);
  CRM_ASSIGN_OR_RETURN(const auto lead, StreamOf(process, options.lead_address));
  CRM_ASSIGN_OR_RETURN(const auto opportunity, StreamOf(process, options.opportunity_address));
  CRM_ASSIGN_OR_RETURN(const Logs leads, LogsOf(lead));
  CRM_ASSIGN_OR_RETURN(const Logs opportunities, LogsOf(opportunity));
  std::vector<event::EventSource*> logs;
  for (const Logs* const of : {&leads, &opportunities}) {
    for (const auto& log : *of) logs.push_back(log.get());
  }
  return RunErasures(erasures, logs, process.clock, words);
}

// "renormalize".
absl::Status RunRenormalize(const serving::Process& process, const ContactOptions& options) {
  const LibphonenumberNormalizer phones = PhonesOf(options);
  const ContactTable table;
  aggregate::PgRepository<Contact> contacts(process.pool, table, process.clock, process.on_commit);
  CRM_ASSIGN_OR_RETURN(
      const Renormalized total,
      RenormalizeContacts(contacts, ContactReads(process.pool), phones, process.clock));
  std::printf("%lld seen, %lld changed, %lld refused\n", static_cast<long long>(total.seen),
              static_cast<long long>(total.changed), static_cast<long long>(total.refused));
  return absl::OkStatus();
}

// "index-contacts".
absl::Status RunIndexContacts(const serving::Process& process) {
  CRM_ASSIGN_OR_RETURN(const int64_t changed,
                       IndexContacts(process.pool, ContactReads(process.pool), process.clock));
  std::printf("%lld made findable\n", static_cast<long long>(changed));
  return absl::OkStatus();
}

serving::ServiceDefinition Definition(ContactOptions& values) {
  serving::ServiceDefinition definition;
  definition.name = "contact";
  definition.description = "Contacts, their lifecycle, and the accounts of those who bought.";
  definition.migrations = Migrations();
  definition.neighbours = {{"lead", "for holes in its stream", &values.lead_address},
                           {"opportunity", "for holes in its stream", &values.opportunity_address}};
  definition.add_options = [&values](config::Options& options) {
    options
        .Text("phone-region",
              "country in which phone numbers without a country code are read, "
              "as CH; empty: such numbers are not understood",
              &values.phone_region)
        .List("tenant-phone-regions", "the same for single tenants, as acme=CH,globex=DE",
              &values.tenant_phone_regions)
        .Choice("aged-out-events",
                "what to do about stage events that left their service's log unread",
                &values.aged_out_events, serving::AgedOutNames())
        .Text("public-mail-domains",
              "file of the domains at which anybody may have a mailbox, one a line; empty: those "
              "that "
              "the program knows",
              &values.public_mail_domains)
        .Check([&values]() -> std::optional<std::string> {
          if (values.public_mail_domains.empty() || TextOf(values.public_mail_domains)) {
            return std::nullopt;
          }
          return "public-mail-domains must be a file that can be read";
        })
        .Check([&values]() -> std::optional<std::string> {
          if (!LibphonenumberNormalizer::KnowsRegion(values.phone_region)) {
            return "phone-region must be a country's two-letter code";
          }
          if (TenantRegions(values.tenant_phone_regions).has_value()) return std::nullopt;
          return "tenant-phone-regions must be pairs TENANT=REGION, a country's two-letter code";
        });
  };
  definition.make = [&values](const serving::Process& process) { return Make(process, values); };
  definition.commands = {
      serving::DeadLetterCommand([&values](const serving::Process& process) {
        // Of both neighbours.
        return std::vector{LifecycleOf(process, values, "lead")};
      }),
      serving::ConsumerCommand(
          [&values](const serving::Process& process) { return AllFollowed(process, values); }),
      {"forget-orphans", "take back what events did that a restored neighbour no longer has",
       [&values](const serving::Process& process, const std::vector<std::string>&) {
         return RunForgetOrphans(process, values);
       }},
      {"index-contacts", "make contacts that another version stored findable by this one's search",
       [](const serving::Process& process, const std::vector<std::string>&) {
         return RunIndexContacts(process);
       }},
      {"erasures", "list those that are not done; \"replay\": make all again, after a restore",
       [&values](const serving::Process& process, const std::vector<std::string>& words) {
         return RunErasuresWith(process, values, words);
       }},
      {"renormalize", "give stored contacts the normal forms of this version",
       [&values](const serving::Process& process, const std::vector<std::string>&) {
         return RunRenormalize(process, values);
       }}};
  return definition;
}

}  // namespace
}  // namespace crm::contact

int main(int argc, char** argv) {
  crm::contact::ContactOptions options;
  return crm::serving::Run(argc, argv, crm::contact::Definition(options));
}
