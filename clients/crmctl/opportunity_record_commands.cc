#include "clients/crmctl/revisions.h"

namespace crm::crmctl {
namespace {

struct CloneOptions {
  std::string name, id, request_id, effective_time, display_name;
  std::vector<std::string> copied;
};

void AddClone(CLI::App* group, Session* session) {
  auto o = std::make_shared<CloneOptions>();
  CLI::App* clone =
      AddCommand(group, "clone", "a new one in the first stage, as for a renewal", session, [=] {
        Arguments arguments;
        opportunity::v1::CloneOpportunityRequest request;
        request.set_name(arguments.Name(o->name, "opportunities"));
        request.set_opportunity_id(o->id);
        request.set_request_id(o->request_id);
        request.set_display_name(o->display_name);
        for (const std::string& field : o->copied) request.mutable_copy_mask()->add_paths(field);
        arguments.SetTime("--effective-time", o->effective_time,
                          [&] { return request.mutable_effective_time(); });
        return PrintCall(*session, arguments, request,
                         [](const auto& r) { return r.opportunity(); });
      });
  clone->add_option("name", o->name, "opportunities/<uuid>")->required();
  clone->add_option("--display-name", o->display_name, "default: as the old one");
  clone->add_option("--copy", o->copied,
                    "owner, team, amount, line_items, attributes, contact_roles or interests; may "
                    "be repeated; default: all of them");
  clone->add_option("--id", o->id, "UUID of the new opportunity");
  clone->add_option("--request-id", o->request_id, "UUID that makes the call repeatable");
  clone->add_option("--effective-time", o->effective_time, "when it was opened; default: now");
}

std::string StageText(const opportunity::v1::StageChange& change) {
  return change.from_stage() == change.to_stage()
             ? change.to_stage()
             : absl::StrCat(change.from_stage(), " → ", change.to_stage());
}

void PrintTimeline(
    const google::protobuf::RepeatedPtrField<opportunity::v1::TimelineEntry>& entries, bool json) {
  if (json) return PrintMessages(entries, {}, true, false);
  std::vector<std::vector<std::string>> rows;
  for (const auto& entry : entries) {
    rows.push_back({FieldText(entry, "record_time"), FieldText(entry, "effective_time"),
                    entry.has_revision() ? entry.revision().actor() : entry.stage_change().actor(),
                    entry.revision().method(),
                    entry.has_stage_change() ? StageText(entry.stage_change()) : "",
                    ChangesText(entry.revision())});
  }
  PrintTable({"RECORDED", "EFFECTIVE", "ACTOR", "METHOD", "STAGE", "CHANGES"}, rows);
}

void AddTimeline(CLI::App* group, Session* session) {
  auto name = std::make_shared<std::string>();
  CLI::App* timeline =
      AddCommand(group, "timeline", "its whole story: moves and edits, in order", session,
                 [=]() -> absl::Status {
                   Arguments arguments;
                   opportunity::v1::GetTimelineRequest request;
                   request.set_name(arguments.Name(*name, "opportunities"));
                   request.set_page_size(1000);
                   CRM_ASSIGN_OR_RETURN(const client::Client client, session->Client());
                   google::protobuf::RepeatedPtrField<opportunity::v1::TimelineEntry> entries;
                   CRM_RETURN_IF_ERROR(client.ForEachPage(request, [&](const auto& page) {
                     entries.MergeFrom(page.entries());
                     return true;
                   }));
                   PrintTimeline(entries, session->settings.json());
                   return absl::OkStatus();
                 });
  timeline->add_option("name", *name, "opportunities/<uuid>")->required();
}

}  // namespace

void AddOpportunityRecords(CLI::App* group, Session* session) {
  const auto opportunity = [](const auto& r) { return r.opportunity(); };
  AddNamedCall<opportunity::v1::DeleteOpportunityRequest>(
      group, session, "delete", "delete softly; an open one is lost first; can be undone",
      "opportunities", opportunity);
  AddNamedCall<opportunity::v1::UndeleteOpportunityRequest>(
      group, session, "undelete", "bring a deleted one back, as a lost one", "opportunities",
      opportunity);
  AddClone(group, session);
  AddRevisions<opportunity::v1::ListRevisionsRequest>(group, session, "opportunities");
  AddTimeline(group, session);
}

}  // namespace crm::crmctl
