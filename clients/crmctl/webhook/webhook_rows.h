#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clients/crmctl/arguments.h"
#include "crm/event/v1/webhook_reads.pb.h"
#include "crm/event/v1/webhook_writes.pb.h"

// What the commands of webhooks share. Each service has webhooks of its own; those that were made
// together have one name.
namespace crm::crmctl {

struct WebhookOptions {
  std::vector<std::string> services = {"contact", "lead", "opportunity"};
  std::string name, url, display_name, secret, etag, since;
  std::vector<std::string> types, things, to_stages;
  int64_t after = -1;
  int partition = -1;
  bool from_now = false;
  double overlap_hours = 24;
  std::string state;
  ListOptions list;
};

// What the services have, each with its name.
using Rows = std::vector<std::pair<std::string, std::shared_ptr<google::protobuf::Message>>>;

void PrintRows(const Session& session, const Rows& rows, const std::vector<Column>& columns);
const std::vector<Column>& WebhookColumns();

// Calls each of the services that have the webhook. NOT_FOUND if none has.
template <class Request, class Take>
absl::Status OnEach(const client::Client& client, const WebhookOptions& o, const Request& request,
                    const Take& take) {
  absl::Status missing = absl::OkStatus();
  int found = 0;
  for (const std::string& service : o.services) {
    Request own = request;
    if constexpr (client::HasRequestId<Request>) own.set_request_id(client::NewRequestId());
    const auto response = client.CallOn(ServiceNamed(service), own);
    if (absl::IsNotFound(response.status())) {
      missing = response.status();
      continue;
    }
    CRM_RETURN_IF_ERROR(response.status());
    ++found;
    CRM_RETURN_IF_ERROR(take(service, *response));
  }
  return found > 0 ? absl::OkStatus() : missing;
}

template <class Message>
void AddRow(const std::string& service, const Message& message, Rows& rows) {
  rows.emplace_back(service, std::make_shared<Message>(message));
}

// The same for methods that answer with the webhook as it is then, which is printed.
template <class Request>
absl::Status ShowEach(const Session& session, const WebhookOptions& o, const Arguments& arguments,
                      const Request& request) {
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  Rows rows;
  CRM_RETURN_IF_ERROR(
      OnEach(client, o, request, [&](const std::string& service, const auto& response) {
        AddRow(service, response.webhook(), rows);
        return absl::OkStatus();
      }));
  PrintRows(session, rows, WebhookColumns());
  return absl::OkStatus();
}

using WebhookAction = absl::Status (*)(const Session&, const WebhookOptions&);

void AddServices(CLI::App* command, const std::shared_ptr<WebhookOptions>& o);
// A command for one webhook.
CLI::App* AddNamed(CLI::App* group, Session* session, const std::shared_ptr<WebhookOptions>& o,
                   const char* name, const char* help, WebhookAction action);

// Of webhook_delivery_commands.cc: "test", "deliveries" and "replay".
void AddDeliveryCommands(CLI::App* group, Session* session,
                         const std::shared_ptr<WebhookOptions>& o);

}  // namespace crm::crmctl
