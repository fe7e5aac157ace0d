#include "clients/crmctl/arguments.h"
#include "clients/crmctl/employer_options.h"
#include "clients/crmctl/kept_options.h"
#include "clients/crmctl/qualification_options.h"
#include "clients/crmctl/revisions.h"

namespace crm::crmctl {
namespace {

struct LeadOptions {
  std::string name, etag, request_id, effective_time, id;
  std::string contact, organization, owner, source, source_detail, buying_role, external_id;
  std::vector<std::string> interests;
  KeptOptions kept;
  EmployerOptions employer;
  QualificationOptions qualification;
  std::string type, direction, occur_time, summary;
  std::string criterion, finding, observation, evidence, observe_time, purchase_date, budget,
      budget_status, evaluate_time;
  std::string reason, note, override_reason;
  std::string display_name, opportunity, amount, close_date, pipeline, plan_token;
  bool show_deleted = false;
  AsOfOptions as_of;
  ListOptions list;
};

using Fill = std::function<void(Arguments*)>;

void AddName(CLI::App* command, LeadOptions* o) {
  command->add_option("name", o->name, "leads/<uuid>")->required();
}

void AddWrite(CLI::App* command, LeadOptions* o) {
  AddName(command, o);
  command->add_option("--etag", o->etag, "refuse if it has changed since");
  command->add_option("--request-id", o->request_id, "UUID that makes the call repeatable");
}

void AddEffective(CLI::App* command, LeadOptions* o) {
  command->add_option("--effective-time", o->effective_time, "when it happened; default: now");
}

void AddFields(CLI::App* command, LeadOptions* o) {
  command->add_option("--owner", o->owner, "actor id of the sales agent in charge");
  command->add_option("--source", o->source, Words<type::v1::LeadSource>());
  command->add_option("--source-detail", o->source_detail, "which campaign, event or partner");
  command->add_option("--interest", o->interests, "product of interest; may be repeated");
  command->add_option("--buying-role", o->buying_role, Words<type::v1::BuyingRole>());
  command->add_option("--external-id", o->external_id, "id in another system");
  command->add_option("--organization", o->organization, "contacts/<uuid> that the sale is with");
  o->kept.AddTo(command);
}

void AddActivity(CLI::App* command, LeadOptions* o, bool required) {
  command->add_option(required ? "--type" : "--activity", o->type, Words<lead::v1::ActivityType>())
      ->required(required);
  command->add_option("--direction", o->direction, Words<lead::v1::ActivityDirection>());
  command->add_option("--occur-time", o->occur_time, "when; default: now");
  command->add_option("--summary", o->summary, "what was said or done");
}

void FillLead(const LeadOptions& o, Arguments* arguments, lead::v1::Lead* lead) {
  lead->set_owner(o.owner);
  lead->set_source(arguments->Word<type::v1::LeadSource>("--source", o.source));
  lead->set_source_detail(o.source_detail);
  for (const std::string& interest : o.interests) lead->add_interests(interest);
  lead->set_buying_role(arguments->Word<type::v1::BuyingRole>("--buying-role", o.buying_role));
  lead->set_external_id(o.external_id);
  lead->set_organization(arguments->Name(o.organization, "contacts"));
  o.kept.Fill(arguments, lead);
}

void FillActivity(const LeadOptions& o, Arguments* arguments, lead::v1::Activity* activity) {
  activity->set_type(arguments->Word<lead::v1::ActivityType>("--type", o.type));
  activity->set_direction(arguments->Word<lead::v1::ActivityDirection>("--direction", o.direction));
  arguments->SetTime("--occur-time", o.occur_time,
                     [activity] { return activity->mutable_occur_time(); });
  activity->set_summary(o.summary);
}

// A write on one lead: the common fields, then `fill`'s, then the lead is printed.
template <class Request>
CLI::App* AddMove(CLI::App* group, Session* session, const std::shared_ptr<LeadOptions>& o,
                  const char* name, const char* help,
                  std::function<void(Arguments*, Request*)> fill) {
  CLI::App* command = AddCommand(group, name, help, session, [session, o, fill] {
    Arguments arguments;
    Request request;
    request.set_name(arguments.Name(o->name, "leads"));
    request.set_etag(o->etag);
    request.set_request_id(o->request_id);
    if constexpr (requires { request.mutable_effective_time(); }) {
      arguments.SetTime("--effective-time", o->effective_time,
                        [&] { return request.mutable_effective_time(); });
    }
    fill(&arguments, &request);
    if constexpr (std::is_same_v<Request, lead::v1::ConvertLeadRequest>) {
      // The answer names the opportunity, so all of it is shown.
      return PrintCall(*session, arguments, request, [](const auto& r) { return r; });
    } else {
      return PrintCall(*session, arguments, request, [](const auto& r) { return r.lead(); });
    }
  });
  AddWrite(command, o.get());
  return command;
}

void AddCreateAndUpdate(CLI::App* group, Session* session, const std::shared_ptr<LeadOptions>& o) {
  CLI::App* create = AddCommand(group, "create", "make a lead", session, [session, o] {
    Arguments arguments;
    lead::v1::CreateLeadRequest request;
    request.mutable_lead()->set_contact(arguments.Name(o->contact, "contacts"));
    FillLead(*o, &arguments, request.mutable_lead());
    if (!o->type.empty()) FillActivity(*o, &arguments, request.mutable_first_activity());
    o->qualification.Fill(&arguments, &request);
    request.set_lead_id(o->id);
    request.set_request_id(o->request_id);
    arguments.SetTime("--effective-time", o->effective_time,
                      [&] { return request.mutable_effective_time(); });
    return PrintCall(*session, arguments, request, [](const auto& r) { return r.lead(); });
  });
  create->add_option("--contact", o->contact, "contacts/<uuid>")->required();
  AddFields(create, o.get());
  AddActivity(create, o.get(), false);
  o->qualification.AddTo(create);
  create->add_option("--id", o->id, "UUID of the new lead");
  create->add_option("--request-id", o->request_id, "UUID that makes the call repeatable");
  AddEffective(create, o.get());

  auto action = std::make_shared<std::function<absl::Status()>>();
  CLI::App* update = AddCommand(group, "update", "change the fields given", session,
                                [action] { return (*action)(); });
  AddWrite(update, o.get());
  AddFields(update, o.get());
  *action = [session, o, update] {
    Arguments arguments;
    lead::v1::UpdateLeadRequest request;
    FillLead(*o, &arguments, request.mutable_lead());
    request.mutable_lead()->set_name(arguments.Name(o->name, "leads"));
    request.mutable_lead()->set_etag(o->etag);
    request.set_request_id(o->request_id);
    const std::pair<const char*, const char*> fields[] = {{"--owner", "owner"},
                                                          {"--source", "source"},
                                                          {"--source-detail", "source_detail"},
                                                          {"--interest", "interests"},
                                                          {"--buying-role", "buying_role"},
                                                          {"--external-id", "external_id"},
                                                          {"--organization", "organization"}};
    AddMaskPaths(*update, fields, request.mutable_update_mask());
    AddMaskPaths(*update, KeptOptions::kFields, request.mutable_update_mask());
    return PrintCall(*session, arguments, request, [](const auto& r) { return r.lead(); });
  };
}

void AddReads(CLI::App* group, Session* session, const std::shared_ptr<LeadOptions>& o) {
  CLI::App* get = AddCommand(group, "get", "read one", session, [session, o] {
    Arguments arguments;
    lead::v1::GetLeadRequest request;
    request.set_name(arguments.Name(o->name, "leads"));
    o->as_of.Fill(&arguments, &request);
    return PrintCall(*session, arguments, request, [](const auto& r) { return r.lead(); });
  });
  AddName(get, o.get());
  o->as_of.AddTo(get);
  AddRevisions<lead::v1::ListRevisionsRequest>(group, session, "leads");
  CLI::App* list = AddCommand(group, "list", "read many", session, [session, o] {
    lead::v1::ListLeadsRequest request;
    request.set_show_deleted(o->show_deleted);
    return PrintList(*session, o->list, request,
                     {{"NAME", "name"},
                      {"STATE", "state"},
                      {"OWNER", "owner"},
                      {"INTERESTS", "interests"},
                      {"SINCE", "state_enter_time"},
                      {"CONTACT", "contact"}},
                     [](auto* page) { return page->mutable_leads(); });
  });
  o->list.AddTo(list, "state = WORKING AND source = WEB");
  list->add_flag("--show-deleted", o->show_deleted, "deleted ones too");
  CLI::App* evaluate =
      AddCommand(group, "evaluate", "judge by the evidence; stores nothing", session, [session, o] {
        Arguments arguments;
        lead::v1::EvaluateLeadRequest request;
        request.set_name(arguments.Name(o->name, "leads"));
        arguments.SetTime("--evaluate-time", o->evaluate_time,
                          [&] { return request.mutable_evaluate_time(); });
        return PrintCall(*session, arguments, request, [](const auto& r) { return r.verdict(); });
      });
  AddName(evaluate, o.get());
  evaluate->add_option("--evaluate-time", o->evaluate_time, "judge as of then");
}

void AddEvidence(CLI::App* group, Session* session, const std::shared_ptr<LeadOptions>& o) {
  CLI::App* log = AddMove<lead::v1::LogActivityRequest>(
      group, session, o, "log", "record an activity", [o](Arguments* arguments, auto* request) {
        FillActivity(*o, arguments, request->mutable_activity());
      });
  AddActivity(log, o.get(), true);
  CLI::App* assess = AddMove<lead::v1::AssessCriterionRequest>(
      group, session, o, "assess", "record what was found on one criterion",
      [o](Arguments* arguments, auto* request) {
        lead::v1::Assessment& a = *request->mutable_assessment();
        a.set_criterion(arguments->Word<lead::v1::Criterion>("--criterion", o->criterion));
        a.set_finding(arguments->Word<lead::v1::Finding>("--finding", o->finding));
        a.set_source(arguments->Word<lead::v1::EvidenceSource>("--source", o->evidence));
        a.set_observation(o->observation);
        a.set_budget_status(
            arguments->Word<lead::v1::BudgetStatus>("--budget-status", o->budget_status));
        arguments->SetTime("--observe-time", o->observe_time,
                           [&] { return a.mutable_observe_time(); });
        arguments->SetDate("--expected-purchase-date", o->purchase_date,
                           [&] { return a.mutable_expected_purchase_date(); });
        arguments->SetMoney("--budget", o->budget, [&] { return a.mutable_budget(); });
      });
  assess->add_option("--criterion", o->criterion, Words<lead::v1::Criterion>())->required();
  assess->add_option("--finding", o->finding, Words<lead::v1::Finding>())->required();
  assess->add_option("--source", o->evidence, Words<lead::v1::EvidenceSource>())->required();
  assess->add_option("--observation", o->observation, "what was seen or heard");
  assess->add_option("--observe-time", o->observe_time, "when; default: now");
  assess->add_option("--expected-purchase-date", o->purchase_date, "for TIMEFRAME");
  assess->add_option("--budget", o->budget, "for ABILITY, e.g. '20000 USD'");
  assess->add_option("--budget-status", o->budget_status, Words<lead::v1::BudgetStatus>());
  AddEffective(assess, o.get());
}

CLI::App* AddConvert(CLI::App* group, Session* session, const std::shared_ptr<LeadOptions>& o) {
  CLI::App* convert = AddMove<lead::v1::ConvertLeadRequest>(
      group, session, o, "convert", "make the opportunity, or attach to one",
      [o](Arguments* arguments, auto* request) {
        request->set_override_reason(o->override_reason);
        request->set_opportunity_display_name(o->display_name);
        request->set_owner(o->owner);
        request->set_plan_token(o->plan_token);
        if (!o->pipeline.empty()) request->set_pipeline(arguments->Name(o->pipeline, "pipelines"));
        if (!o->opportunity.empty()) {
          request->set_opportunity(arguments->Name(o->opportunity, "opportunities"));
        }
        o->employer.Fill(arguments, request);
        arguments->SetMoney("--amount", o->amount, [&] { return request->mutable_amount(); });
        arguments->SetDate("--expected-close-date", o->close_date,
                           [&] { return request->mutable_expected_close_date(); });
      });
  CLI::Option* const display_name =
      convert->add_option("--display-name", o->display_name, "name of the new opportunity");
  convert
      ->add_option("--opportunity", o->opportunity,
                   "opportunities/<uuid>: attach the lead to this one instead of making one")
      ->excludes(display_name);
  convert->add_option("--amount", o->amount, "e.g. '1054.00 USD'");
  convert->add_option("--expected-close-date", o->close_date, "e.g. 2026-12-31");
  convert->add_option("--owner", o->owner, "owner of the opportunity; default: the lead's");
  convert->add_option("--pipeline", o->pipeline, "default: pipelines/default");
  o->employer.AddTo(convert);
  convert->add_option("--plan", o->plan_token,
                      "plan_token of `conversion preview`: this or nothing");
  return convert;
}

void AddMoves(CLI::App* group, Session* session, const std::shared_ptr<LeadOptions>& o) {
  CLI::App* qualify = AddMove<lead::v1::QualifyLeadRequest>(
      group, session, o, "qualify", "WORKING to QUALIFIED",
      [o](Arguments*, auto* request) { request->set_override_reason(o->override_reason); });
  CLI::App* disqualify = AddMove<lead::v1::DisqualifyLeadRequest>(
      group, session, o, "disqualify", "give the lead up",
      [o](Arguments* arguments, auto* request) {
        request->set_reason(arguments->Word<lead::v1::DisqualifyReason>("--reason", o->reason));
        request->set_note(o->note);
      });
  disqualify->add_option("--reason", o->reason, Words<lead::v1::DisqualifyReason>())->required();
  disqualify->add_option("--note", o->note, "required for OTHER");
  CLI::App* reopen = AddMove<lead::v1::ReopenLeadRequest>(
      group, session, o, "reopen", "DISQUALIFIED to WORKING",
      [o](Arguments*, auto* request) { request->set_reason(o->reason); });
  reopen->add_option("--reason", o->reason, "why")->required();
  CLI::App* convert = AddConvert(group, session, o);
  for (CLI::App* command : {qualify, convert}) {
    command->add_option("--override-reason", o->override_reason, "do it all the same, and why");
  }
  for (CLI::App* command : {qualify, disqualify, reopen, convert}) AddEffective(command, o.get());
}

}  // namespace

void AddLeadCommands(CLI::App* app, Session* session) {
  CLI::App* group = app->add_subcommand("lead", "contacts that may become a sale");
  group->require_subcommand(1);
  auto o = std::make_shared<LeadOptions>();
  AddCreateAndUpdate(group, session, o);
  AddReads(group, session, o);
  AddEvidence(group, session, o);
  AddMoves(group, session, o);
  AddLeadWork(group, session);
  AddLeadAssignments(group, session);
  AddLeadReports(group, session);
}

}  // namespace crm::crmctl
