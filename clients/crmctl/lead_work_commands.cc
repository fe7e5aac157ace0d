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
#include "clients/crmctl/terminal_text.h"

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
  std::fputs(
      OnLines(LeadReport(lead.lead(), judged.verdict(), found.policy(), absl::Now())).c_str(),
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

struct ActivityOptions {
  std::string lead, id, type, direction, occur_time, summary;
  int limit = 50;
};

absl::Status ListActivities(const Session& session, const ActivityOptions& options) {
  Arguments arguments;
  lead::v1::ListActivitiesRequest request;
  request.set_name(arguments.Name(options.lead, "leads"));
  request.set_page_size(options.limit);
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const auto page, client.Call(request));
  PrintMessages(page.activities(),
                {{"ID", "id"},
                 {"WHEN", "occur_time"},
                 {"TYPE", "type"},
                 {"DIRECTION", "direction"},
                 {"BY", "actor"},
                 {"SUMMARY", "summary"}},
                session.settings.json(), !page.next_page_token().empty());
  return absl::OkStatus();
}

absl::Status EditActivity(const Session& session, const ActivityOptions& options,
                          const CLI::App& command) {
  Arguments arguments;
  lead::v1::UpdateActivityRequest request;
  request.set_name(arguments.Name(options.lead, "leads"));
  lead::v1::Activity& activity = *request.mutable_activity();
  activity.set_id(options.id);
  activity.set_type(arguments.Word<lead::v1::ActivityType>("--type", options.type));
  activity.set_direction(
      arguments.Word<lead::v1::ActivityDirection>("--direction", options.direction));
  arguments.SetTime("--occur-time", options.occur_time,
                    [&] { return activity.mutable_occur_time(); });
  activity.set_summary(options.summary);
  static constexpr std::pair<const char*, const char*> kFields[] = {{"--type", "type"},
                                                                    {"--direction", "direction"},
                                                                    {"--occur-time", "occur_time"},
                                                                    {"--summary", "summary"}};
  AddMaskPaths(command, kFields, request.mutable_update_mask());
  return PrintCall(session, arguments, request, [](const auto& r) { return r.activity(); });
}

void AddActivities(CLI::App* group, Session* session) {
  auto o = std::make_shared<ActivityOptions>();
  CLI::App* list = AddCommand(group, "activities", "what took place with a lead, the latest first",
                              session, [=] { return ListActivities(*session, *o); });
  list->add_option("--limit", o->limit, "at most so many, up to 1000")->check(CLI::Range(1, 1000));
  auto action = std::make_shared<std::function<absl::Status()>>();
  CLI::App* edit = AddCommand(group, "edit-activity", "correct one of yours, within 24 hours",
                              session, [action] { return (*action)(); });
  *action = [=] { return EditActivity(*session, *o, *edit); };
  for (CLI::App* command : {list, edit}) {
    command->add_option("lead", o->lead, "leads/<uuid>")->required();
  }
  edit->add_option("activity", o->id, "UUID, as activities shows it")->required();
  edit->add_option("--type", o->type, Words<lead::v1::ActivityType>());
  edit->add_option("--direction", o->direction, Words<lead::v1::ActivityDirection>());
  edit->add_option("--occur-time", o->occur_time, "when it took place");
  edit->add_option("--summary", o->summary, "what was said or done");
}

}  // namespace

void AddLeadWork(CLI::App* group, Session* session) {
  AddActivities(group, session);
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
