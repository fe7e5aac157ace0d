#include "clients/crmctl/arguments.h"
#include "clients/crmctl/employer_options.h"

namespace crm::crmctl {
namespace {

struct ConversionOptions {
  std::string name, state;
  bool wait = false;
  int limit = 50;
};

void AddName(CLI::App* command, ConversionOptions* o) {
  command->add_option("name", o->name, "conversions/<request id of the conversion>")->required();
}

// Asks until the conversion does not go on by itself any more.
absl::Status PrintEnd(const Session& session, lead::v1::GetConversionRequest request) {
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  lead::v1::GetConversionResponse response;
  do {
    CRM_ASSIGN_OR_RETURN(response, client.Call(request));
  } while (request.wait() && response.conversion().state() == lead::v1::CONVERSION_STATE_STARTED);
  PrintMessage(response.conversion(), session.settings.json());
  return absl::OkStatus();
}

struct PreviewOptions {
  std::string name, display_name, opportunity, amount, close_date, owner, pipeline, override_reason;
  EmployerOptions employer;
};

lead::v1::PreviewConversionRequest PreviewOf(const PreviewOptions& o, Arguments* arguments) {
  lead::v1::PreviewConversionRequest request;
  request.set_name(arguments->Name(o.name, "leads"));
  request.set_opportunity_display_name(o.display_name);
  request.set_owner(o.owner);
  request.set_override_reason(o.override_reason);
  if (!o.pipeline.empty()) request.set_pipeline(arguments->Name(o.pipeline, "pipelines"));
  if (!o.opportunity.empty()) {
    request.set_opportunity(arguments->Name(o.opportunity, "opportunities"));
  }
  o.employer.Fill(arguments, &request);
  arguments->SetMoney("--amount", o.amount, [&] { return request.mutable_amount(); });
  arguments->SetDate("--expected-close-date", o.close_date,
                     [&] { return request.mutable_expected_close_date(); });
  return request;
}

// As tables, then what is beside them; or as one JSON object.
void PrintPreview(lead::v1::PreviewConversionResponse preview, bool json) {
  if (!json) {
    PrintMessages(preview.fields(), {{"FIELD", "field"}, {"VALUE", "value"}, {"FROM", "origin"}},
                  json, /*more=*/false);
    if (preview.obstacles_size() > 0) {
      PrintMessages(preview.obstacles(), {{"OBSTACLE", "reason"}, {"", "text"}}, json,
                    /*more=*/false);
    }
    preview.clear_fields();
    preview.clear_obstacles();
  }
  PrintMessage(preview, json);
}

void AddPreview(CLI::App* group, Session* session) {
  auto o = std::make_shared<PreviewOptions>();
  CLI::App* preview = AddCommand(
      group, "preview", "what `lead convert` would do; changes nothing", session, [session, o] {
        Arguments arguments;
        const auto request = PreviewOf(*o, &arguments);
        CRM_RETURN_IF_ERROR(arguments.status());
        CRM_ASSIGN_OR_RETURN(const client::Client client, session->Client());
        CRM_ASSIGN_OR_RETURN(auto preview, client.Call(request));
        PrintPreview(std::move(preview), session->settings.json());
        return absl::OkStatus();
      });
  preview->add_option("name", o->name, "leads/<uuid>")->required();
  CLI::Option* const display_name =
      preview->add_option("--display-name", o->display_name, "name of the new opportunity");
  preview
      ->add_option("--opportunity", o->opportunity,
                   "opportunities/<uuid>: attach the lead to this one instead of making one")
      ->excludes(display_name);
  preview->add_option("--amount", o->amount, "e.g. '1054.00 USD'");
  preview->add_option("--expected-close-date", o->close_date, "e.g. 2026-12-31");
  preview->add_option("--owner", o->owner, "owner of the opportunity; default: the lead's");
  preview->add_option("--pipeline", o->pipeline, "default: pipelines/default");
  preview->add_option("--override-reason", o->override_reason, "as `lead convert` takes it");
  o->employer.AddTo(preview);
}

void AddGet(CLI::App* group, Session* session) {
  auto o = std::make_shared<ConversionOptions>();
  CLI::App* get = AddCommand(group, "get", "how a conversion stands", session, [session, o] {
    Arguments arguments;
    lead::v1::GetConversionRequest request;
    request.set_name(arguments.Name(o->name, "conversions"));
    request.set_wait(o->wait);
    CRM_RETURN_IF_ERROR(arguments.status());
    return PrintEnd(*session, request);
  });
  AddName(get, o.get());
  get->add_flag("--wait", o->wait, "until it has ended or needs attention");
}

void AddList(CLI::App* group, Session* session) {
  auto o = std::make_shared<ConversionOptions>();
  CLI::App* list = AddCommand(
      group, "list", "conversions that have not ended, the oldest first", session, [session, o] {
        Arguments arguments;
        lead::v1::ListConversionsRequest request;
        request.set_state(arguments.Word<lead::v1::ConversionState>("--state", o->state));
        request.set_page_size(o->limit);
        CRM_RETURN_IF_ERROR(arguments.status());
        CRM_ASSIGN_OR_RETURN(const client::Client client, session->Client());
        CRM_ASSIGN_OR_RETURN(const auto page, client.Call(request));
        PrintMessages(page.conversions(),
                      {{"NAME", "name"},
                       {"LEAD", "lead"},
                       {"STATE", "state"},
                       {"RETRIES", "retry_count"},
                       {"LAST ERROR", "last_error"},
                       {"BEGUN", "create_time"}},
                      session->settings.json(), !page.next_page_token().empty());
        return absl::OkStatus();
      });
  list->add_option("--state", o->state, "STARTED or NEEDS_ATTENTION");
  list->add_option("--limit", o->limit, "at most so many")->check(CLI::Range(1, 1000));
}

// A command that decides on one conversion.
template <class Request>
void AddDecision(CLI::App* group, Session* session, const char* name, const char* help) {
  auto o = std::make_shared<ConversionOptions>();
  CLI::App* command = AddCommand(group, name, help, session, [session, o] {
    Arguments arguments;
    Request request;
    request.set_name(arguments.Name(o->name, "conversions"));
    return PrintCall(*session, arguments, request, [](const auto& r) { return r.conversion(); });
  });
  AddName(command, o.get());
}

}  // namespace

void AddConversionCommands(CLI::App* app, Session* session) {
  CLI::App* group = app->add_subcommand("conversion", "leads that become opportunities");
  group->require_subcommand(1);
  AddPreview(group, session);
  AddGet(group, session);
  AddList(group, session);
  AddDecision<lead::v1::RetryConversionRequest>(group, session, "retry",
                                                "try one that needs attention again");
  AddDecision<lead::v1::AbandonConversionRequest>(
      group, session, "abandon", "end one that needs attention; its lead is QUALIFIED again");
}

}  // namespace crm::crmctl
