// Events sent to URLs.

#include <cstdio>

#include "clients/crmctl/webhook/webhook_rows.h"

namespace crm::crmctl {
namespace {

namespace hooks = event::v1;

void SetWanted(const WebhookOptions& o, hooks::Webhook* webhook) {
  webhook->set_url(o.url);
  webhook->set_display_name(o.display_name);
  for (const std::string& type : o.types) webhook->add_types(type);
  for (const std::string& thing : o.things) webhook->add_subjects(thing);
  for (const std::string& stage : o.to_stages) webhook->add_to_stages(stage);
}

// One at each service, with the same name and secret.
absl::Status Create(const Session& session, const WebhookOptions& o) {
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  hooks::CreateWebhookRequest request;
  SetWanted(o, request.mutable_webhook());
  request.set_webhook_id(client::NewRequestId());
  request.set_secret(o.secret);
  Rows rows;
  for (const std::string& service : o.services) {
    request.set_request_id(client::NewRequestId());
    const auto made = client.CallOn(ServiceNamed(service), request);
    if (!made.ok()) {
      if (!rows.empty()) PrintRows(session, rows, WebhookColumns());
      return made.status();
    }
    if (request.secret().empty()) request.set_secret(made->secret());
    AddRow(service, made->webhook(), rows);
  }
  if (!session.settings.json()) {
    PrintRows(session, rows, WebhookColumns());
    std::printf("\nSecret, shown this once: %s\n", request.secret().c_str());
    return absl::OkStatus();
  }
  hooks::CreateWebhookResponse whole;
  whole.set_secret(request.secret());
  Rows with_secret;
  for (const auto& [service, message] : rows) {
    *whole.mutable_webhook() = static_cast<const hooks::Webhook&>(*message);
    AddRow(service, whole, with_secret);
  }
  PrintRows(session, with_secret, WebhookColumns());
  return absl::OkStatus();
}

absl::Status Update(const Session& session, const WebhookOptions& o, const CLI::App& command) {
  Arguments arguments;
  hooks::UpdateWebhookRequest request;
  SetWanted(o, request.mutable_webhook());
  request.mutable_webhook()->set_name(arguments.Name(o.name, "webhooks"));
  request.mutable_webhook()->set_etag(o.etag);
  const std::pair<const char*, const char*> fields[] = {{"--url", "url"},
                                                        {"--name", "display_name"},
                                                        {"--type", "types"},
                                                        {"--thing", "subjects"},
                                                        {"--to-stage", "to_stages"}};
  AddMaskPaths(command, fields, request.mutable_update_mask());
  return ShowEach(session, o, arguments, request);
}

absl::Status List(const Session& session, const WebhookOptions& o) {
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  Rows rows;
  hooks::ListWebhooksRequest request;
  request.set_filter(o.list.filter);
  for (const std::string& service : o.services) {
    CRM_RETURN_IF_ERROR(client.ForEachPageOf(ServiceNamed(service), request, [&](const auto& page) {
      for (const hooks::Webhook& webhook : page.webhooks()) AddRow(service, webhook, rows);
      return true;
    }));
  }
  PrintRows(session, rows, WebhookColumns());
  return absl::OkStatus();
}

absl::Status Show(const Session& session, const WebhookOptions& o) {
  Arguments arguments;
  hooks::GetWebhookRequest request;
  request.set_name(arguments.Name(o.name, "webhooks"));
  if (session.settings.json()) return ShowEach(session, o, arguments, request);
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  return OnEach(client, o, request, [&](const std::string& service, const auto& response) {
    std::printf("%s\n", service.c_str());
    PrintMessage(response.webhook(), false);
    return absl::OkStatus();
  });
}

absl::Status Delete(const Session& session, const WebhookOptions& o) {
  Arguments arguments;
  hooks::DeleteWebhookRequest request;
  request.set_name(arguments.Name(o.name, "webhooks"));
  request.set_etag(o.etag);
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  return OnEach(client, o, request, [&](const std::string& service, const auto&) {
    std::printf("%s: deleted\n", service.c_str());
    return absl::OkStatus();
  });
}

absl::Status Rotate(const Session& session, const WebhookOptions& o) {
  Arguments arguments;
  hooks::RotateWebhookSecretRequest request;
  request.set_name(arguments.Name(o.name, "webhooks"));
  request.set_etag(o.etag);
  request.set_secret(o.secret);
  request.mutable_overlap()->set_seconds(static_cast<int64_t>(o.overlap_hours * 3600));
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  Rows rows;
  // The first makes it, unless it was given; the others get the same.
  for (const std::string& service : o.services) {
    request.set_request_id(client::NewRequestId());
    const auto made = client.CallOn(ServiceNamed(service), request);
    if (absl::IsNotFound(made.status()) && o.services.size() > 1) continue;
    CRM_RETURN_IF_ERROR(made.status());
    if (request.secret().empty()) request.set_secret(made->secret());
    AddRow(service, *made, rows);
  }
  if (rows.empty()) return error::NotFound(request.name());
  if (session.settings.json()) {
    PrintRows(session, rows, {});
  } else {
    std::printf("Secret, shown this once: %s\n", request.secret().c_str());
  }
  return absl::OkStatus();
}

void AddWanted(CLI::App* command, const std::shared_ptr<WebhookOptions>& o) {
  command->add_option("--name", o->display_name, "what people call it");
  command->add_option("--type", o->types, "only events of this type; may be repeated");
  command->add_option("--thing", o->things, "only events of this one, as opportunities/<uuid>");
  command->add_option("--to-stage", o->to_stages, "only moves to this stage");
}

template <class Request>
absl::Status Switch(const Session& session, const WebhookOptions& o) {
  Arguments arguments;
  Request request;
  request.set_name(arguments.Name(o.name, "webhooks"));
  request.set_etag(o.etag);
  if constexpr (requires { request.set_from_now(true); }) request.set_from_now(o.from_now);
  return ShowEach(session, o, arguments, request);
}

void AddChanges(CLI::App* group, Session* session, const std::shared_ptr<WebhookOptions>& o) {
  const char* const etag = "refuse if it has changed since";
  AddNamed(group, session, o, "disable", "send nothing more to it",
           Switch<hooks::DisableWebhookRequest>)
      ->add_option("--etag", o->etag, etag);
  CLI::App* enable = AddNamed(group, session, o, "enable",
                              "send it events again, from where it stopped; also: try at once",
                              Switch<hooks::EnableWebhookRequest>);
  enable->add_option("--etag", o->etag, etag);
  enable->add_flag("--from-now", o->from_now, "give up what it has missed");
  AddNamed(group, session, o, "delete", "for good, with its deliveries", Delete)
      ->add_option("--etag", o->etag, etag);
  CLI::App* rotate = AddNamed(group, session, o, "rotate", "make another secret", Rotate);
  rotate->add_option("--secret", o->secret, "this one, whsec_…");
  rotate->add_option("--overlap-hours", o->overlap_hours, "how long the old one signs as well")
      ->check(CLI::Range(0.0, 168.0))
      ->capture_default_str();
}

}  // namespace

void AddWebhookCommands(CLI::App* app, Session* session) {
  CLI::App* group = app->add_subcommand("webhook", "events sent to URLs");
  group->require_subcommand(1);
  auto o = std::make_shared<WebhookOptions>();
  CLI::App* create = AddCommand(group, "create", "one at each service, with one name and secret",
                                session, [session, o] { return Create(*session, *o); });
  create->add_option("--url", o->url, "where events are sent, https://…")->required();
  create->add_option("--secret", o->secret,
                     "to sign with, whsec_…; made by the service if missing");
  AddWanted(create, o);
  AddServices(create, o);

  CLI::App* list = AddCommand(group, "list", "those of the tenant", session,
                              [session, o] { return List(*session, *o); });
  list->add_option("--filter", o->list.filter, "e.g. 'state = DISABLED'");
  AddServices(list, o);

  AddNamed(group, session, o, "show", "all that is known of it", Show);
  CLI::App* update = group->add_subcommand("update", "change where to, or which events");
  update->callback([session, o, update] {
    session->action = [session, o, update] { return Update(*session, *o, *update); };
  });
  update->add_option("name", o->name, "webhooks/<uuid>")->required();
  update->add_option("--url", o->url, "where events are sent, https://…");
  update->add_option("--etag", o->etag, "refuse if it has changed since");
  AddWanted(update, o);
  AddServices(update, o);

  AddDeliveryCommands(group, session, o);
  AddChanges(group, session, o);
}

}  // namespace crm::crmctl
