#include "clients/crmctl/arguments.h"

namespace crm::crmctl {
namespace {

struct OwnerOptions {
  std::string name, etag, request_id, owner, reason;
};

struct DealOptions {
  std::vector<std::string> leads;
  std::string filter, request_id;
};

struct CaptureOptions {
  std::string display_name, email, phone, organization, domain;
  std::string source, source_detail, interest, note, request_id;
};

void AddRequestId(CLI::App* command, std::string* request_id) {
  command->add_option("--request-id", *request_id, "UUID that makes the call repeatable");
}

void AddAssign(CLI::App* group, Session* session) {
  auto o = std::make_shared<OwnerOptions>();
  CLI::App* assign =
      AddCommand(group, "assign", "give the lead to another owner", session, [session, o] {
        Arguments arguments;
        lead::v1::AssignLeadRequest request;
        request.set_name(arguments.Name(o->name, "leads"));
        request.set_etag(o->etag);
        request.set_request_id(o->request_id);
        request.set_owner(o->owner);
        request.set_reason(o->reason);
        return PrintCall(*session, arguments, request, [](const auto& r) { return r.lead(); });
      });
  assign->add_option("name", o->name, "leads/<uuid>")->required();
  assign->add_option("--owner", o->owner, "actor id of the new owner")->required();
  assign->add_option("--reason", o->reason, "why")->required();
  assign->add_option("--etag", o->etag, "refuse if it has changed since");
  AddRequestId(assign, &o->request_id);
}

absl::Status Deal(const Session& session, const DealOptions& o) {
  Arguments arguments;
  lead::v1::AssignLeadsRequest request;
  for (const std::string& lead : o.leads) request.add_leads(arguments.Name(lead, "leads"));
  request.set_filter(o.filter);
  request.set_request_id(o.request_id);
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const auto response, client.Call(request));
  PrintMessages(response.assignments(),
                {{"LEAD", "lead"},
                 {"OUTCOME", "outcome"},
                 {"OWNER", "owner"},
                 {"RULE", "rule"},
                 {"WHY", "explanation"}},
                session.settings.json(), false);
  return absl::OkStatus();
}

void AddDeal(CLI::App* group, Session* session) {
  auto o = std::make_shared<DealOptions>();
  CLI::App* deal = AddCommand(group, "deal", "give leads without an owner out by the rules",
                              session, [session, o] { return Deal(*session, *o); });
  CLI::Option* const leads = deal->add_option(
      "leads", o->leads, "leads/<uuid>; default: the oldest 500 that the filter finds");
  deal->add_option("--filter", o->filter, "as of lead list")->excludes(leads);
  AddRequestId(deal, &o->request_id);
}

void AddCapture(CLI::App* group, Session* session) {
  auto o = std::make_shared<CaptureOptions>();
  CLI::App* capture = AddCommand(
      group, "capture", "find or make the contact and the lead of somebody who turned to us",
      session, [session, o] {
        Arguments arguments;
        lead::v1::CaptureLeadRequest request;
        lead::v1::CapturedContact& contact = *request.mutable_contact();
        contact.set_display_name(o->display_name);
        contact.set_email(o->email);
        contact.set_phone(o->phone);
        contact.set_organization(o->organization);
        contact.set_domain(o->domain);
        request.set_source(arguments.Word<type::v1::LeadSource>("--source", o->source));
        request.set_source_detail(o->source_detail);
        request.set_interest(o->interest);
        request.set_note(o->note);
        request.set_request_id(o->request_id);
        // The answer says what became of it, so all of it is shown.
        return PrintCall(*session, arguments, request, [](const auto& r) { return r; });
      });
  capture->add_option("--name", o->display_name, "the person's name");
  capture->add_option("--email", o->email, "an e-mail address");
  capture->add_option("--phone", o->phone, "a telephone number");
  capture->add_option("--organization", o->organization, "what the organization is called");
  capture->add_option("--domain", o->domain, "its internet domain");
  capture->add_option("--source", o->source, Words<type::v1::LeadSource>());
  capture->add_option("--source-detail", o->source_detail, "which campaign, event or partner");
  capture->add_option("--interest", o->interest, "product of interest");
  capture->add_option("--note", o->note, "what they wrote");
  AddRequestId(capture, &o->request_id);
}

}  // namespace

void AddLeadAssignments(CLI::App* group, Session* session) {
  AddCapture(group, session);
  AddAssign(group, session);
  AddDeal(group, session);
}

}  // namespace crm::crmctl
