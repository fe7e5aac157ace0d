#include <algorithm>
#include <cstdio>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/terminal_text.h"

namespace crm::crmctl {
namespace {

struct ErasureOptions {
  std::string name, reason = "PERSON_REQUEST";
  bool yes = false, dry_run = false;
};

// How many things of one kind the contact has, counted up to a thousand.
template <class Request, class Things>
absl::StatusOr<int> CountOf(const client::Client& client, const std::string& contact,
                            const Things& things) {
  Request request;
  request.set_filter("contact = " + contact);
  request.set_show_deleted(true);
  request.set_page_size(1000);
  CRM_ASSIGN_OR_RETURN(const auto page, client.Call(request));
  return things(page);
}

absl::Status Preview(const client::Client& client, const contact::v1::Contact& contact) {
  CRM_ASSIGN_OR_RETURN(const int leads, (CountOf<lead::v1::ListLeadsRequest>(
                                            client, contact.name(),
                                            [](const auto& page) { return page.leads_size(); })));
  CRM_ASSIGN_OR_RETURN(
      const int opportunities,
      (CountOf<opportunity::v1::ListOpportunitiesRequest>(
          client, contact.name(), [](const auto& page) { return page.opportunities_size(); })));
  std::printf(
      "%s: %s, %d e-mail addresses, %d telephone numbers.\n"
      "All that tells of it is emptied, for ever, also in its history; so is the free text of %d "
      "leads and %d opportunities.\nIds, stages, times and amounts stay. This cannot be undone.\n",
      contact.name().c_str(), OnOneLine(contact.display_name()).c_str(), contact.emails_size(),
      contact.phones_size(), leads, opportunities);
  std::fflush(stdout);
  return absl::OkStatus();
}

absl::Status Erase(const Session& session, const ErasureOptions& o) {
  Arguments arguments;
  contact::v1::EraseContactRequest request;
  request.set_name(arguments.Name(o.name, "contacts"));
  contact::v1::ErasureReason reason = contact::v1::ERASURE_REASON_UNSPECIFIED;
  if (!contact::v1::ErasureReason_Parse("ERASURE_REASON_" + o.reason, &reason)) {
    arguments.Problem("--reason",
                      "must be PERSON_REQUEST, CONSENT_WITHDRAWN, RETENTION_OVER or OTHER");
  }
  request.set_reason(reason);
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  contact::v1::GetContactRequest get;
  get.set_name(request.name());
  CRM_ASSIGN_OR_RETURN(const auto present, client.Call(get));
  if (!session.settings.json()) CRM_RETURN_IF_ERROR(Preview(client, present.contact()));
  if (o.dry_run) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(const bool confirmed, Confirmed(o.yes, ""));
  if (!confirmed) {
    std::printf("Nothing was changed.\n");
    return absl::OkStatus();
  }
  // What was shown is what is erased.
  request.set_etag(present.contact().etag());
  return PrintCall(session, arguments, request, [](const auto& r) { return r.erasure(); });
}

}  // namespace

void AddErasureCommands(CLI::App* group, Session* session) {
  auto o = std::make_shared<ErasureOptions>();
  CLI::App* erase =
      AddCommand(group, "erase", "empty all that tells of one, in all services; for ever", session,
                 [session, o] { return Erase(*session, *o); });
  erase->add_option("name", o->name, "contacts/<uuid>")->required();
  erase->add_option("--reason", o->reason,
                    "PERSON_REQUEST, CONSENT_WITHDRAWN, RETENTION_OVER or OTHER");
  erase->add_flag("--yes", o->yes, "do not ask");
  erase->add_flag("--dry-run", o->dry_run, "only show what would be erased");

  CLI::App* erasure =
      AddCommand(group, "erasure", "how far an erasure has come", session, [session, o] {
        Arguments arguments;
        contact::v1::GetErasureRequest request;
        request.set_name(arguments.Name(o->name, "contacts"));
        return PrintCall(*session, arguments, request, [](const auto& r) { return r.erasure(); });
      });
  erasure->add_option("name", o->name, "contacts/<uuid>")->required();
}

}  // namespace crm::crmctl
