// crm-contact: the composition root.

#include <memory>
#include <utility>
#include <vector>

#include "common/aggregate/pg_repository.h"
#include "common/base/status.h"
#include "common/serving/service.h"
#include "common/serving/subscription.h"
#include "services/contact/contact_commands.h"
#include "services/contact/contact_options.h"
#include "services/contact/contact_streams.h"
#include "services/contact/erasure/erasure_keeper.h"
#include "services/contact/normalize/libphonenumber_normalizer.h"
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

class ContactProcess final : public serving::Service {
 public:
  ContactProcess(const serving::Process& process, const ContactOptions& options,
                 const std::vector<serving::Followed>& streams)
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
        subscriptions_(process, streams) {}

  std::vector<rpc::ServiceCore*> RpcServices() override {
    return {&contact_service_, &account_service_, &search_service_, &erasure_service_,
            &merge_service_};
  }

  void Start() override {
    subscriptions_.Start();
    erasure_keeper_.Start();
  }

  void Stop() override {
    erasure_keeper_.Stop();
    subscriptions_.Stop();
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
  serving::Subscriptions subscriptions_;
};

absl::StatusOr<std::unique_ptr<serving::Service>> Make(const serving::Process& process,
                                                       const ContactOptions& options) {
  CRM_ASSIGN_OR_RETURN(const auto streams, FollowedStreams(process, options));
  return std::make_unique<ContactProcess>(process, options, streams);
}

serving::ServiceDefinition Program(ContactOptions& values) {
  serving::ServiceDefinition definition;
  definition.name = "contact";
  definition.description = "Contacts, their lifecycle, and the accounts of those who bought.";
  definition.migrations = Migrations();
  definition.neighbours = {{"lead", "for holes in its stream", &values.lead_address},
                           {"opportunity", "for holes in its stream", &values.opportunity_address}};
  definition.add_options = [&values](config::Options& options) {
    AddContactOptions(options, values);
  };
  definition.commands = ContactCommands(values);
  definition.make = [&values](const serving::Process& process) { return Make(process, values); };
  return definition;
}

}  // namespace
}  // namespace crm::contact

int main(int argc, char** argv) {
  crm::contact::ContactOptions options;
  return crm::serving::Run(argc, argv, crm::contact::Program(options));
}
