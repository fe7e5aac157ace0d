// What those who work on leads look at first, and how leads are taken out of their way.

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/time/clock.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/lead/lead_inbox.h"
#include "clients/crmctl/lead/lead_report.h"

namespace crm::crmctl {
namespace {

constexpr int kMostLooked = 10'000;

absl::Status Show(const Session& session, const std::string& name) {
  Arguments arguments;
  lead::v1::GetLeadRequest get;
  lead::v1::EvaluateLeadRequest evaluate;
  get.set_name(arguments.Name(name, "leads"));
  evaluate.set_name(get.name());
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const auto lead, client.Call(get));
  CRM_ASSIGN_OR_RETURN(const auto judged, client.Call(evaluate));
  lead::v1::GetQualificationPolicyRequest policy;
  policy.set_revision(judged.verdict().policy_revision());
  CRM_ASSIGN_OR_RETURN(const auto found, client.Call(policy));
  if (session.settings.json()) {
    PrintMessage(lead.lead(), true);
    PrintMessage(judged.verdict(), true);
    return absl::OkStatus();
  }
  std::fputs(LeadReport(lead.lead(), judged.verdict(), found.policy(), absl::Now()).c_str(),
             stdout);
  return absl::OkStatus();
}

struct InboxOptions {
  std::string owner;
  int limit = 20;
};

// A text as a value of a filter.
std::string FilterText(const std::string& text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

void PrintInbox(const std::vector<InboxItem>& items, bool json) {
  std::vector<std::vector<std::string>> rows;
  nlohmann::json list = nlohmann::json::array();
  for (const InboxItem& item : items) {
    rows.push_back({absl::StrCat(item.urgency), item.lead.name(), FieldText(item.lead, "state"),
                    item.lead.owner(),
                    item.lead.has_standing() ? absl::StrCat(item.lead.standing().score()) : "",
                    absl::StrJoin(item.reasons, "; ")});
    list.push_back(
        {{"lead", item.lead.name()}, {"urgency", item.urgency}, {"reasons", item.reasons}});
  }
  if (json) {
    std::puts(list.dump(2).c_str());
  } else {
    PrintTable({"URGENCY", "NAME", "STATE", "OWNER", "SCORE", "WHY"}, rows);
  }
}

absl::Status Inbox(const Session& session, const InboxOptions& options) {
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  lead::v1::ListLeadsRequest request;
  request.set_page_size(1000);
  request.set_filter("state IN (NEW, WORKING, QUALIFIED)");
  if (!options.owner.empty()) {
    request.set_filter(absl::StrCat(request.filter(), " AND owner = ", FilterText(options.owner)));
  }
  request.set_order_by("create_time desc");
  std::vector<lead::v1::Lead> leads;
  bool more = false;
  CRM_RETURN_IF_ERROR(client.ForEachPage(request, [&](const auto& page) {
    leads.insert(leads.end(), page.leads().begin(), page.leads().end());
    more = leads.size() >= kMostLooked && !page.next_page_token().empty();
    return !more;
  }));
  PrintInbox(InboxOf(leads, absl::Now(), static_cast<size_t>(options.limit)),
             session.settings.json());
  if (more) {
    std::fprintf(stderr, "only the newest %d leads were looked at; --owner narrows it\n",
                 kMostLooked);
  }
  return absl::OkStatus();
}

}  // namespace

void AddLeadWork(CLI::App* group, Session* session) {
  auto name = std::make_shared<std::string>();
  AddCommand(group, "show", "the lead, its verdict and what is missing, for people", session,
             [=] { return Show(*session, *name); })
      ->add_option("name", *name, "leads/<uuid>")
      ->required();
  auto o = std::make_shared<InboxOptions>();
  CLI::App* inbox = AddCommand(group, "inbox", "the leads to work on next, and why", session,
                               [=] { return Inbox(*session, *o); });
  inbox->add_option("--owner", o->owner, "those of this agent; default: everybody's");
  inbox->add_option("--limit", o->limit, "at most so many")->check(CLI::PositiveNumber);
  const auto lead = [](const auto& r) { return r.lead(); };
  AddNamedCall<lead::v1::DeleteLeadRequest>(
      group, session, "delete", "delete softly; a live one is disqualified first; can be undone",
      "leads", lead);
  AddNamedCall<lead::v1::UndeleteLeadRequest>(
      group, session, "undelete", "bring a deleted one back, as a disqualified one", "leads", lead);
}

}  // namespace crm::crmctl
