#include <absl/strings/str_split.h>
#include <absl/time/clock.h>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/revisions.h"
#include "clients/crmctl/sales_work_options.h"
#include "common/rpc/proto_values.h"

namespace crm::crmctl {
namespace {

using opportunity::v1::Opportunity;

struct OpportunityOptions {
  std::string name, etag, request_id, effective_time, id;
  std::string display_name, contact, lead, pipeline, owner, amount, close_date, external_id;
  std::string forecast_category, lead_source, supplier, supplier_name, payment_terms, contract;
  std::vector<std::string> interests, needs, roles;
  int probability = 0, net_days = 0;
  bool show_deleted = false;
  SalesWorkOptions work;
  AsOfOptions as_of;
  ListOptions list;
};

void AddName(CLI::App* command, OpportunityOptions* o) {
  command->add_option("name", o->name, "opportunities/<uuid>")->required();
}

void AddFields(CLI::App* command, OpportunityOptions* o) {
  command->add_option("--owner", o->owner, "actor id of the sales agent in charge");
  command->add_option("--amount", o->amount, "what the sale is worth, e.g. '1054.00 USD'");
  command->add_option("--expected-close-date", o->close_date, "e.g. 2026-12-31");
  command->add_option("--probability", o->probability, "percent, by hand");
  command->add_option("--forecast-category", o->forecast_category,
                      Words<opportunity::v1::ForecastCategory>());
  command->add_option("--lead-source", o->lead_source, Words<type::v1::LeadSource>());
  command->add_option("--interest", o->interests, "product of interest; may be repeated");
  command->add_option("--need", o->needs,
                      "a need, confirmed now: STRENGTH=TEXT, where STRENGTH is " +
                          Words<opportunity::v1::NeedStrength>() + "; may be repeated");
  command->add_option("--role", o->roles,
                      "CONTACT=ROLE, where ROLE is " + Words<type::v1::BuyingRole>() +
                          "; may be repeated, the first is the primary contact");
  command->add_option("--supplier", o->supplier, Words<opportunity::v1::SupplierStatus>());
  command->add_option("--supplier-name", o->supplier_name, "who the present supplier is");
  command->add_option("--payment-terms", o->payment_terms,
                      Words<opportunity::v1::PaymentTermsStatus>());
  command->add_option("--net-days", o->net_days, "days from invoice to payment");
  command->add_option("--contract", o->contract, Words<opportunity::v1::ContractStatus>());
  command->add_option("--external-id", o->external_id, "id in another system");
  o->work.AddTo(command);
}

void FillMilestones(const OpportunityOptions& o, const CLI::App& command, Arguments* arguments,
                    Opportunity* opportunity) {
  using namespace opportunity::v1;  // NOLINT: its enums, many of them
  for (const std::string& text : o.needs) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
    Need& need = *opportunity->add_needs();
    need.set_strength(arguments->Word<NeedStrength>("--need", parts.first));
    need.set_text(parts.second);
    rpc::SetTime(absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now())),
                 need.mutable_confirm_time());
  }
  for (const std::string& text : o.roles) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
    ContactRole& role = *opportunity->add_contact_roles();
    role.set_contact(arguments->Name(parts.first, "contacts"));
    role.set_role(arguments->Word<type::v1::BuyingRole>("--role", parts.second));
    role.set_primary(opportunity->contact_roles_size() == 1);
  }
  if (!o.supplier.empty() || !o.supplier_name.empty()) {
    PresentSupplier& supplier = *opportunity->mutable_present_supplier();
    supplier.set_status(arguments->Word<SupplierStatus>("--supplier", o.supplier));
    supplier.set_display_name(o.supplier_name);
  }
  if (!o.payment_terms.empty()) {
    PaymentTerms& terms = *opportunity->mutable_payment_terms();
    terms.set_status(arguments->Word<PaymentTermsStatus>("--payment-terms", o.payment_terms));
    if (command.count("--net-days") > 0) terms.set_net_days(o.net_days);
  }
  if (!o.contract.empty()) {
    opportunity->mutable_contract()->set_status(
        arguments->Word<ContractStatus>("--contract", o.contract));
  }
}

void FillFields(const OpportunityOptions& o, const CLI::App& command, Arguments* arguments,
                Opportunity* opportunity) {
  opportunity->set_display_name(o.display_name);
  opportunity->set_owner(o.owner);
  opportunity->set_external_id(o.external_id);
  for (const std::string& interest : o.interests) opportunity->add_interests(interest);
  opportunity->set_lead_source(
      arguments->Word<type::v1::LeadSource>("--lead-source", o.lead_source));
  if (command.count("--probability") > 0) opportunity->set_probability(o.probability);
  opportunity->set_forecast_category(arguments->Word<opportunity::v1::ForecastCategory>(
      "--forecast-category", o.forecast_category));
  arguments->SetMoney("--amount", o.amount, [&] { return opportunity->mutable_amount(); });
  arguments->SetDate("--expected-close-date", o.close_date,
                     [&] { return opportunity->mutable_expected_close_date(); });
  FillMilestones(o, command, arguments, opportunity);
  o.work.Fill(arguments, opportunity);
}

void AddOpen(CLI::App* group, Session* session, const std::shared_ptr<OpportunityOptions>& o) {
  auto action = std::make_shared<std::function<absl::Status()>>();
  CLI::App* open = AddCommand(group, "open", "make an opportunity without a lead", session,
                              [action] { return (*action)(); });
  open->add_option("--display-name", o->display_name, "its name")->required();
  open->add_option("--contact", o->contact, "the customer: contacts/<uuid>")->required();
  open->add_option("--lead", o->lead, "the lead it came from: leads/<uuid>");
  open->add_option("--pipeline", o->pipeline, "default: pipelines/default");
  open->add_option("--id", o->id, "UUID of the new opportunity");
  open->add_option("--request-id", o->request_id, "UUID that makes the call repeatable");
  open->add_option("--effective-time", o->effective_time, "when it was opened; default: now");
  AddFields(open, o.get());
  *action = [session, o, open] {
    Arguments arguments;
    opportunity::v1::OpenOpportunityRequest request;
    Opportunity& opportunity = *request.mutable_opportunity();
    FillFields(*o, *open, &arguments, &opportunity);
    opportunity.set_contact(arguments.Name(o->contact, "contacts"));
    opportunity.set_lead(arguments.Name(o->lead, "leads"));
    opportunity.set_pipeline(arguments.Name(o->pipeline, "pipelines"));
    request.set_opportunity_id(o->id);
    request.set_request_id(o->request_id);
    arguments.SetTime("--effective-time", o->effective_time,
                      [&] { return request.mutable_effective_time(); });
    return PrintCall(*session, arguments, request, [](const auto& r) { return r.opportunity(); });
  };
}

void AddUpdate(CLI::App* group, Session* session, const std::shared_ptr<OpportunityOptions>& o) {
  auto action = std::make_shared<std::function<absl::Status()>>();
  CLI::App* update =
      AddCommand(group, "update", "change the fields given; lists and milestones as a whole",
                 session, [action] { return (*action)(); });
  AddName(update, o.get());
  update->add_option("--display-name", o->display_name, "its name");
  update->add_option("--etag", o->etag, "refuse if it has changed since");
  update->add_option("--request-id", o->request_id, "UUID that makes the call repeatable");
  AddFields(update, o.get());
  *action = [session, o, update] {
    Arguments arguments;
    opportunity::v1::UpdateOpportunityRequest request;
    Opportunity& opportunity = *request.mutable_opportunity();
    FillFields(*o, *update, &arguments, &opportunity);
    opportunity.set_name(arguments.Name(o->name, "opportunities"));
    opportunity.set_etag(o->etag);
    request.set_request_id(o->request_id);
    static constexpr std::pair<const char*, const char*> kFields[] = {
        {"--display-name", "display_name"},
        {"--owner", "owner"},
        {"--amount", "amount"},
        {"--expected-close-date", "expected_close_date"},
        {"--probability", "probability"},
        {"--forecast-category", "forecast_category"},
        {"--lead-source", "lead_source"},
        {"--interest", "interests"},
        {"--need", "needs"},
        {"--role", "contact_roles"},
        {"--supplier", "present_supplier"},
        {"--payment-terms", "payment_terms"},
        {"--contract", "contract"},
        {"--external-id", "external_id"}};
    AddMaskPaths(*update, kFields, request.mutable_update_mask());
    AddMaskPaths(*update, SalesWorkOptions::Fields(), request.mutable_update_mask());
    return PrintCall(*session, arguments, request, [](const auto& r) { return r.opportunity(); });
  };
}

void AddReads(CLI::App* group, Session* session, const std::shared_ptr<OpportunityOptions>& o) {
  CLI::App* get = AddCommand(group, "get", "read one", session, [session, o] {
    Arguments arguments;
    opportunity::v1::GetOpportunityRequest request;
    request.set_name(arguments.Name(o->name, "opportunities"));
    o->as_of.Fill(&arguments, &request);
    return PrintCall(*session, arguments, request, [](const auto& r) { return r.opportunity(); });
  });
  AddName(get, o.get());
  o->as_of.AddTo(get);
  CLI::App* list = AddCommand(group, "list", "read many", session, [session, o] {
    opportunity::v1::ListOpportunitiesRequest request;
    request.set_show_deleted(o->show_deleted);
    return PrintList(*session, o->list, request,
                     {{"NAME", "name"},
                      {"DISPLAY NAME", "display_name"},
                      {"STAGE", "stage"},
                      {"AMOUNT", "amount"},
                      {"%", "probability"},
                      {"OWNER", "owner"},
                      {"SINCE", "stage_enter_time"}},
                     [](auto* page) { return page->mutable_opportunities(); });
  });
  o->list.AddTo(list, "stage_type = OPEN");
  list->add_flag("--show-deleted", o->show_deleted, "deleted ones too");
  CLI::App* history = AddCommand(group, "history", "its stage changes", session, [session, o] {
    Arguments arguments;
    opportunity::v1::ListStageChangesRequest request;
    request.set_name(arguments.Name(o->name, "opportunities"));
    request.set_page_size(1000);
    CRM_ASSIGN_OR_RETURN(const client::Client client, session->Client());
    google::protobuf::RepeatedPtrField<opportunity::v1::StageChange> changes;
    CRM_RETURN_IF_ERROR(client.ForEachPage(request, [&](const auto& page) {
      changes.MergeFrom(page.stage_changes());
      return true;
    }));
    PrintMessages(changes,
                  {{"#", "version"},
                   {"KIND", "kind"},
                   {"FROM", "from_stage"},
                   {"TO", "to_stage"},
                   {"EFFECTIVE", "effective_time"},
                   {"RECORDED", "record_time"},
                   {"AMOUNT", "amount"},
                   {"%", "probability"},
                   {"ACTOR", "actor"},
                   {"REASON", "reason"},
                   {"OVERRIDDEN", "overridden_gates"},
                   {"CORRECTED BY", "superseded_by_version", true}},
                  session->settings.json(), false);
    return absl::OkStatus();
  });
  AddName(history, o.get());
}

}  // namespace

void AddOpportunityCommands(CLI::App* app, Session* session) {
  CLI::App* group = app->add_subcommand("opportunity", "leads on their way to a sale");
  group->require_subcommand(1);
  auto o = std::make_shared<OpportunityOptions>();
  AddOpen(group, session, o);
  AddReads(group, session, o);
  AddUpdate(group, session, o);
  AddOpportunityMoves(group, session);
  AddOpportunityRecords(group, session);
}

}  // namespace crm::crmctl
