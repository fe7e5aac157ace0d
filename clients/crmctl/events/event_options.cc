#include "clients/crmctl/events/event_options.h"

#include "clients/crmctl/arguments.h"
#include "common/base/status.h"
#include "common/rpc/proto_values.h"

namespace crm::crmctl {

EventLog LogOf(const EventOptions& o) { return {ServiceNamed(o.service), o.partition}; }

EventFilter FilterOf(const EventOptions& o) {
  EventFilter filter = o.filter;
  filter.things.insert(o.things.begin(), o.things.end());
  filter.to_stages.insert(o.to_stages.begin(), o.to_stages.end());
  return filter;
}

absl::StatusOr<int64_t> BeginOf(const client::Client& client, const EventOptions& o) {
  if (o.since.empty()) return o.after;
  Arguments arguments;
  google::protobuf::Timestamp since;
  arguments.SetTime("--since", o.since, [&] { return &since; });
  CRM_RETURN_IF_ERROR(arguments.status());
  return SequenceBefore(client, LogOf(o), rpc::TimeFrom(since));
}

void AddFilter(CLI::App* command, EventOptions* o) {
  command->add_option("--thing", o->things, "only of these; may be repeated")
      ->check(CLI::IsMember({"contact", "account", "lead", "opportunity"}));
  command->add_option(
      "--to-stage", o->to_stages,
      "only moves to this stage, spelled as in the events, e.g. won; may be repeated");
  command->add_option("--subject", o->filter.subject, "only of this one, as opportunities/<id>");
  command->add_option("--of-tenant", o->filter.tenant, "only of this tenant");
}

void AddBegin(CLI::App* command, EventOptions* o, const char* partitions) {
  command->add_option("--service", o->service, "contact, lead or opportunity")
      ->required()
      ->check(CLI::IsMember({"contact", "lead", "opportunity"}));
  command->add_option("--partition", o->partition, partitions)->check(CLI::NonNegativeNumber);
  auto* after = command->add_option("--after", o->after, "sequence to start after; 0: the oldest");
  command->add_option("--since", o->since, "what was published since then, RFC 3339 or a date")
      ->excludes(after);
}

}  // namespace crm::crmctl
