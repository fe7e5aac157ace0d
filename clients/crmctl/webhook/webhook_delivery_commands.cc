// What was sent to webhooks, and having it sent again.

#include <absl/strings/str_join.h>
#include <absl/time/clock.h>

#include <algorithm>

#include "clients/crmctl/webhook/webhook_rows.h"
#include "common/base/steady_clock.h"

namespace crm::crmctl {
namespace {

namespace hooks = event::v1;

constexpr absl::Duration kTestPatience = absl::Seconds(30);
constexpr absl::Duration kTestPause = absl::Milliseconds(200);

absl::Status Replay(const Session& session, const WebhookOptions& o) {
  Arguments arguments;
  hooks::ReplayWebhookRequest request;
  request.set_name(arguments.Name(o.name, "webhooks"));
  if (o.since.empty() == (o.after < 0)) {
    arguments.Problem("--after", "or --since must be given, and one of them alone");
  } else if (o.after >= 0 && o.services.size() > 1) {
    arguments.Problem("--service", "must name one: each has sequences of its own");
  }
  arguments.SetTime("--since", o.since, [&] { return request.mutable_start_time(); });
  if (o.since.empty()) request.set_after_sequence(std::max<int64_t>(o.after, 0));
  if (o.partition >= 0) request.set_partition(o.partition);
  return ShowEach(session, o, arguments, request);
}

// What became of the test: waits for it.
absl::StatusOr<hooks::WebhookDelivery> OutcomeOf(const client::Client& client,
                                                 const std::string& service,
                                                 const std::string& name,
                                                 const std::string& event_id) {
  hooks::ListWebhookDeliveriesRequest request;
  request.set_webhook(name);
  request.set_order_by("create_time desc");
  request.set_page_size(50);
  const base::Deadline end = base::Deadline::After(kTestPatience);
  while (true) {
    CRM_ASSIGN_OR_RETURN(const auto page, client.CallOn(ServiceNamed(service), request));
    for (const hooks::WebhookDelivery& delivery : page.deliveries()) {
      const bool done = delivery.state() != hooks::WEBHOOK_DELIVERY_STATE_PENDING;
      if (delivery.event_id() == event_id && (done || end.Passed())) return delivery;
    }
    if (end.Passed()) return absl::DeadlineExceededError("the test is not listed");
    absl::SleepFor(kTestPause);
  }
}

const std::vector<Column>& DeliveryColumns() {
  static const auto* const columns = new std::vector<Column>{
      {"CREATED", "create_time"}, {"PART", "partition"},        {"SEQUENCE", "sequence"},
      {"TYPE", "type"},           {"ABOUT", "subject"},         {"STATE", "state"},
      {"TRIED", "attempts"},      {"RESULT", "last_result"},    {"STATUS", "http_status"},
      {"MS", "duration_ms"},      {"NEXT", "next_attempt_time"}};
  return *columns;
}

absl::Status Test(Session& session, const WebhookOptions& o) {
  Arguments arguments;
  hooks::TestWebhookRequest request;
  request.set_name(arguments.Name(o.name, "webhooks"));
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  Rows rows;
  CRM_RETURN_IF_ERROR(OnEach(
      client, o, request, [&](const std::string& service, const auto& response) -> absl::Status {
        CRM_ASSIGN_OR_RETURN(const hooks::WebhookDelivery outcome,
                             OutcomeOf(client, service, request.name(), response.event_id()));
        if (outcome.state() != hooks::WEBHOOK_DELIVERY_STATE_DELIVERED) {
          session.exit_code = kExitFailed;
        }
        AddRow(service, outcome, rows);
        return absl::OkStatus();
      }));
  PrintRows(session, rows, DeliveryColumns());
  return absl::OkStatus();
}

// Of each service the latest, unless another order is asked for.
absl::Status Deliveries(const Session& session, const WebhookOptions& o) {
  Arguments arguments;
  hooks::ListWebhookDeliveriesRequest request;
  request.set_webhook(arguments.Name(o.name, "webhooks"));
  CRM_RETURN_IF_ERROR(arguments.status());
  std::vector<std::string> terms;
  if (!o.state.empty()) terms.push_back("state = " + o.state);
  if (!o.list.filter.empty()) terms.push_back(o.list.filter);
  request.set_filter(absl::StrJoin(terms, " AND "));
  request.set_order_by(o.list.order_by.empty() ? "create_time desc" : o.list.order_by);
  request.set_page_size(o.list.all ? 1000 : std::min(o.list.limit, 1000));
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  const size_t most = o.list.all ? SIZE_MAX : static_cast<size_t>(o.list.limit);
  Rows rows;
  absl::Status missing = absl::OkStatus();
  int found = 0;
  for (const std::string& service : o.services) {
    size_t taken = 0;
    const absl::Status read =
        client.ForEachPageOf(ServiceNamed(service), request, [&](const auto& page) {
          for (const hooks::WebhookDelivery& delivery : page.deliveries()) {
            if (taken++ < most) AddRow(service, delivery, rows);
          }
          return taken < most;
        });
    if (!absl::IsNotFound(read)) {
      CRM_RETURN_IF_ERROR(read);
      ++found;
    } else {
      missing = read;
    }
  }
  if (found == 0) return missing;
  PrintRows(session, rows, DeliveryColumns());
  return absl::OkStatus();
}

}  // namespace

void AddDeliveryCommands(CLI::App* group, Session* session,
                         const std::shared_ptr<WebhookOptions>& o) {
  CLI::App* test = AddCommand(group, "test", "send it a test and tell what became of it", session,
                              [session, o] { return Test(*session, *o); });
  test->add_option("name", o->name, "webhooks/<uuid>")->required();
  AddServices(test, o);
  CLI::App* deliveries =
      AddNamed(group, session, o, "deliveries", "what was sent and what waits", Deliveries);
  deliveries->add_option("--state", o->state, "PENDING, DELIVERED or GIVEN_UP");
  o->list.AddTo(deliveries, "http_status >= 500");
  CLI::App* replay =
      AddNamed(group, session, o, "replay", "send it again what the log holds", Replay);
  replay->add_option("--after", o->after, "behind this sequence; 0 is the oldest that is kept");
  replay->add_option("--partition", o->partition, "of a log that has several; all unless given")
      ->check(CLI::NonNegativeNumber);
  replay->add_option("--since", o->since, "what happened since then, RFC 3339 or a date");
}

}  // namespace crm::crmctl
