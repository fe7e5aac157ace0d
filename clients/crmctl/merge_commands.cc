#include <cstdio>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/terminal_text.h"
#include "crm/contact/v1/merge.pb.h"

namespace crm::crmctl {
namespace {

struct MergeOptions {
  std::string survivor, request_id;
  std::vector<std::string> others, choices;
  bool yes = false, dry_run = false;
};

struct UnmergeOptions {
  std::string name, request_id;
  bool yes = false, dry_run = false;
};

// Whether to go on, now that it was shown what that means.
absl::StatusOr<bool> Asked(bool yes) {
  CRM_ASSIGN_OR_RETURN(const bool confirmed, Confirmed(yes, ""));
  if (!confirmed) std::printf("Nothing was changed.\n");
  return confirmed;
}

// "owner=contacts/<uuid>".
void AddChoice(const std::string& text, Arguments* arguments,
               contact::v1::PreviewMergeRequest* request) {
  const size_t at = text.rfind('=');
  if (at == text.npos || at == 0) {
    return arguments->Problem("--choose", "must be FIELD=contacts/<uuid>");
  }
  contact::v1::MergeChoice& choice = *request->add_choices();
  choice.set_field(text.substr(0, at));
  choice.set_contact(arguments->Name(text.substr(at + 1), "contacts"));
}

contact::v1::PreviewMergeRequest PreviewOf(const MergeOptions& o, Arguments* arguments) {
  contact::v1::PreviewMergeRequest request;
  request.set_survivor(arguments->Name(o.survivor, "contacts"));
  for (const std::string& other : o.others) {
    request.add_others(arguments->Name(other, "contacts"));
  }
  for (const std::string& choice : o.choices) AddChoice(choice, arguments, &request);
  return request;
}

// As tables; or as one JSON object.
void PrintMerge(const contact::v1::PreviewMergeResponse& preview, bool json) {
  if (json) return PrintMessage(preview, json);
  PrintMessages(
      preview.fields(),
      {{"FIELD", "field"}, {"VALUE", "value"}, {"FROM", "contact"}, {"INSTEAD OF", "alternatives"}},
      json, /*more=*/false);
  PrintMessages(preview.references(),
                {{"BECOMES PART", "contact"},
                 {"LEADS", "live_leads"},
                 {"OPPORTUNITIES", "live_opportunities"},
                 {"WINS", "wins"},
                 {"EMPLOYS", "employments"},
                 {"MERGED BEFORE", "merged_contacts"}},
                json, /*more=*/false);
}

// The plan that was shown is the one that is carried out.
absl::Status Merge(const Session& session, const MergeOptions& o) {
  Arguments arguments;
  const contact::v1::PreviewMergeRequest plan = PreviewOf(o, &arguments);
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const contact::v1::PreviewMergeResponse preview, client.Call(plan));
  const bool json = session.settings.json();
  if (o.dry_run || !o.yes) PrintMerge(preview, json);
  if (o.dry_run) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(const bool confirmed, Asked(o.yes));
  if (!confirmed) return absl::OkStatus();
  contact::v1::MergeContactsRequest request;
  request.set_survivor(plan.survivor());
  *request.mutable_others() = plan.others();
  *request.mutable_choices() = plan.choices();
  request.set_plan_token(preview.plan_token());
  request.set_request_id(o.request_id);
  return PrintCall(session, arguments, request, [](const auto& r) { return r.contact(); });
}

// What the contact is part of, and what becomes of the two.
absl::Status ShowPart(const client::Client& client, const std::string& name) {
  contact::v1::GetContactRequest get;
  get.set_name(name);
  CRM_ASSIGN_OR_RETURN(const contact::v1::GetContactResponse found, client.Call(get));
  const contact::v1::Contact& survivor = found.contact();
  if (found.requested_name().empty()) {
    std::printf("%s (%s) is part of no other contact.\n", survivor.name().c_str(),
                OnOneLine(survivor.display_name()).c_str());
  } else {
    std::printf(
        "%s is part of %s (%s).\nIt becomes itself again, and that one gives back what it took "
        "from it, unless it was changed since.\n",
        found.requested_name().c_str(), survivor.name().c_str(),
        OnOneLine(survivor.display_name()).c_str());
  }
  std::fflush(stdout);
  return absl::OkStatus();
}

absl::Status Unmerge(const Session& session, const UnmergeOptions& o) {
  Arguments arguments;
  contact::v1::UnmergeContactRequest request;
  request.set_name(arguments.Name(o.name, "contacts"));
  request.set_request_id(o.request_id);
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  const bool json = session.settings.json();
  if (o.dry_run || !o.yes) CRM_RETURN_IF_ERROR(ShowPart(client, request.name()));
  if (o.dry_run) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(const bool confirmed, Asked(o.yes));
  if (!confirmed) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(contact::v1::UnmergeContactResponse response, client.Call(request));
  if (json) {
    PrintMessage(response, json);
    return absl::OkStatus();
  }
  PrintMessage(response.contact(), json);
  if (response.not_restored_size() > 0) {
    PrintMessages(response.not_restored(), {{"NOT RESTORED", "field"}, {"KEPT BY", "contact"}},
                  json, /*more=*/false);
  }
  return absl::OkStatus();
}

}  // namespace

void AddMergeCommands(CLI::App* group, Session* session) {
  auto o = std::make_shared<MergeOptions>();
  CLI::App* merge =
      AddCommand(group, "merge", "make contacts that are one and the same into one; can be undone",
                 session, [session, o] { return Merge(*session, *o); });
  merge->add_option("survivor", o->survivor, "the contact that stays: contacts/<uuid>")->required();
  merge->add_option("others", o->others, "those that become part of it")->required();
  merge->add_option("--choose", o->choices,
                    "FIELD=contacts/<uuid>: whose value stands; may be repeated");
  merge->add_option("--request-id", o->request_id, "UUID that makes the call repeatable");
  merge->add_flag("--yes", o->yes, "do not ask");
  merge->add_flag("--dry-run", o->dry_run, "only show what it would make");

  auto u = std::make_shared<UnmergeOptions>();
  CLI::App* unmerge =
      AddCommand(group, "unmerge", "take the merge of a contact back, within 90 days", session,
                 [session, u] { return Unmerge(*session, *u); });
  unmerge->add_option("name", u->name, "the contact that was merged: contacts/<uuid>")->required();
  unmerge->add_option("--request-id", u->request_id, "UUID that makes the call repeatable");
  unmerge->add_flag("--yes", u->yes, "do not ask");
  unmerge->add_flag("--dry-run", u->dry_run, "only show what it is part of");
}

}  // namespace crm::crmctl
