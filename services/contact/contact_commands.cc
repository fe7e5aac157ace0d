#include "services/contact/contact_commands.h"

#include <cstdio>
#include <string>

#include "common/aggregate/pg_repository.h"
#include "common/base/status.h"
#include "common/event/consumer_inbox.h"
#include "common/pg/connection.h"
#include "common/serving/consumer_command.h"
#include "common/serving/dead_letter_command.h"
#include "common/stage/stage_event.h"
#include "services/contact/contact_streams.h"
#include "services/contact/erasure/erasure_command.h"
#include "services/contact/lifecycle/lifecycle_effect.h"
#include "services/contact/lifecycle/orphan_command.h"
#include "services/contact/normalize/renormalize_command.h"
#include "services/contact/store/contact_reads.h"
#include "services/contact/store/contact_table.h"
#include "services/contact/store/erasure_store.h"
#include "services/contact/store/search_table.h"

namespace crm::contact {
namespace {

absl::Status RunForgetOrphans(const serving::Process& process, const ContactOptions& options) {
  const LifecycleEffect effect(process.clock, process.ids);
  CRM_ASSIGN_OR_RETURN(const auto database, pg::Connection::Open(process.database));
  CRM_ASSIGN_OR_RETURN(const auto followed, FollowedStreams(process, options));
  for (const serving::Followed& neighbour : followed) {
    CRM_ASSIGN_OR_RETURN(const Logs logs, LogsOf(neighbour.channel));
    for (size_t i = 0; i < logs.size(); ++i) {
      const std::string stream = stage::StreamKey(neighbour.plan.neighbour, static_cast<int>(i));
      event::ConsumerInbox inbox(database.get(), neighbour.plan.consumer, stream);
      CRM_RETURN_IF_ERROR(ForgetOrphans(inbox, *logs[i], effect, stream));
    }
  }
  return absl::OkStatus();
}

absl::Status RunErasuresWith(const serving::Process& process, const ContactOptions& options,
                             const std::vector<std::string>& words) {
  const ErasureStore erasures(process.pool, process.ids, process.on_commit);
  if (words.empty()) return RunErasures(erasures, {}, process.clock, words);
  CRM_ASSIGN_OR_RETURN(const auto followed, FollowedStreams(process, options));
  std::vector<Logs> of_neighbours;
  std::vector<event::EventSource*> logs;
  for (const serving::Followed& neighbour : followed) {
    CRM_ASSIGN_OR_RETURN(Logs of, LogsOf(neighbour.channel));
    for (const auto& log : of) logs.push_back(log.get());
    of_neighbours.push_back(std::move(of));
  }
  return RunErasures(erasures, logs, process.clock, words);
}

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

absl::Status RunIndexContacts(const serving::Process& process) {
  CRM_ASSIGN_OR_RETURN(const int64_t changed,
                       IndexContacts(process.pool, ContactReads(process.pool), process.clock));
  std::printf("%lld made findable\n", static_cast<long long>(changed));
  return absl::OkStatus();
}

}  // namespace

std::vector<serving::Command> ContactCommands(const ContactOptions& values) {
  using Words = std::vector<std::string>;
  return {
      serving::DeadLetterCommand([&values](const serving::Process& process) {
        // Of both neighbours.
        return std::vector{LifecycleOf(process, values, "lead")};
      }),
      serving::ConsumerCommand(
          [&values](const serving::Process& process) { return FollowedStreams(process, values); }),
      {"forget-orphans", "take back what events did that a restored neighbour no longer has",
       [&values](const serving::Process& process, const Words&) {
         return RunForgetOrphans(process, values);
       }},
      {"index-contacts", "make contacts that another version stored findable by this one's search",
       [](const serving::Process& process, const Words&) { return RunIndexContacts(process); }},
      {"erasures", "list those that are not done; \"replay\": make all again, after a restore",
       [&values](const serving::Process& process, const Words& words) {
         return RunErasuresWith(process, values, words);
       }},
      {"renormalize", "give stored contacts the normal forms of this version",
       [&values](const serving::Process& process, const Words&) {
         return RunRenormalize(process, values);
       }}};
}

}  // namespace crm::contact
