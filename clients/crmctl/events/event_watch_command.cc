#include "clients/crmctl/events/event_watch_command.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/events/event_text.h"
#include "clients/crmctl/print.h"
#include "common/base/status.h"
#include "common/lifecycle/shutdown_signal.h"

namespace crm::crmctl {
namespace {

struct EventWatchOptions {
  std::string service;
  int partition = 0;
  int64_t after = -1;
  std::string since;
  std::vector<std::string> things, to_stages, subjects, tenants;
  int count = 0;
};

client::Service WatchedService(const std::string& name) {
  if (name == "lead") return client::Service::kLead;
  return name == "opportunity" ? client::Service::kOpportunity : client::Service::kContact;
}

absl::StatusOr<event::v1::SubscribeStageEventsRequest> WatchRequest(const EventWatchOptions& o) {
  event::v1::SubscribeStageEventsRequest request;
  request.set_partition(o.partition);
  if (o.after >= 0) request.set_after_sequence(o.after);
  Arguments arguments;
  arguments.SetTime("--since", o.since, [&] { return request.mutable_start_time(); });
  CRM_RETURN_IF_ERROR(arguments.status());
  for (const std::string& thing : o.things) {
    const std::string type =
        absl::StrCat("crm.", thing == "account" ? "contact" : thing, ".", thing, ".");
    request.add_types(type + "stage_changed.v1");
    if (thing == "opportunity") request.add_types(type + "record_changed.v1");
  }
  for (const std::string& stage : o.to_stages) request.add_to_stages(stage);
  for (const std::string& subject : o.subjects) request.add_subjects(subject);
  for (const std::string& tenant : o.tenants) request.add_tenants(tenant);
  return request;
}

// Prints what comes until the signal; cancels the watch then, from a thread of its own.
absl::Status WatchEvents(const Session& session, const EventWatchOptions& o) {
  CRM_ASSIGN_OR_RETURN(const auto request, WatchRequest(o));
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  const lifecycle::ShutdownSignal signal;
  const auto watch = client.Watch(WatchedService(o.service), request);
  std::atomic<bool> over{false};
  std::thread stops([&] {
    while (!over && !signal.Triggered()) absl::SleepFor(absl::Milliseconds(100));
    watch->Cancel();
  });
  absl::Status status;
  for (int left = o.count > 0 ? o.count : INT32_MAX; left > 0 && status.ok();) {
    const auto response = watch->Next();
    status = response.status();
    if (!status.ok()) break;
    for (const event::v1::StageEvent& event : response->events()) {
      const std::string line =
          session.settings.json()
              ? JsonOf(event, false)
              : Readable(o.service, absl::StrCat(event.sequence()), event.change()) + "\n";
      std::fputs(line.c_str(), stdout);
      if (--left == 0) break;
    }
    std::fflush(stdout);
  }
  over = true;
  stops.join();
  return signal.Triggered() ? absl::OkStatus() : status;
}

}  // namespace

void AddEventWatch(CLI::App* group, Session* session) {
  auto o = std::make_shared<EventWatchOptions>();
  CLI::App* watch =
      AddCommand(group, "watch", "from the service as they come, by gRPC, until Ctrl-C", session,
                 [session, o] { return WatchEvents(*session, *o); });
  watch->add_option("--service", o->service, "contact, lead or opportunity")
      ->required()
      ->check(CLI::IsMember({"contact", "lead", "opportunity"}));
  watch->add_option("--partition", o->partition, "of a log that has several; from 0 on")
      ->check(CLI::NonNegativeNumber);
  auto* after = watch->add_option("--after", o->after, "first what follows this sequence; 0: all")
                    ->check(CLI::NonNegativeNumber);
  watch->add_option("--since", o->since, "first what was published since then, RFC 3339 or a date")
      ->excludes(after);
  watch->add_option("--thing", o->things, "only of these; may be repeated")
      ->check(CLI::IsMember({"contact", "account", "lead", "opportunity"}));
  watch->add_option(
      "--to-stage", o->to_stages,
      "only moves to this stage, spelled as in the events, e.g. won; may be repeated");
  watch->add_option("--subject", o->subjects, "only of this one, as leads/<id>; may be repeated");
  watch->add_option("--of-tenant", o->tenants, "only of this tenant; may be repeated");
  watch->add_option("--count", o->count, "end after so many");
}

}  // namespace crm::crmctl
