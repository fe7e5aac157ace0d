#include "clients/crmctl/document_commands.h"
#include "crm/lead/v1/assignment_service.pb.h"

namespace crm::crmctl {
namespace {

using lead::v1::AssignmentRules;

struct AssignmentOptions {
  ApplyOptions apply;
  int64_t revision = 0;
};

std::string ScoresOf(const lead::v1::AssignmentRule& rule) {
  if (!rule.has_least_score() && !rule.has_most_score()) return "";
  return absl::StrCat(rule.has_least_score() ? rule.least_score() : 0, "–",
                      rule.has_most_score() ? rule.most_score() : 100);
}

void PrintRules(const Session& session, const AssignmentRules& rules) {
  if (session.settings.json()) return PrintMessage(rules, true);
  AssignmentRules head = rules;
  head.clear_rules();
  PrintMessage(head, false);
  std::printf("\n");
  std::vector<std::vector<std::string>> rows;
  for (const lead::v1::AssignmentRule& rule : rules.rules()) {
    rows.push_back({absl::StrCat(rows.size() + 1), rule.name(), FieldText(rule, "sources"),
                    FieldText(rule, "countries"), ScoresOf(rule), FieldText(rule, "way"),
                    FieldText(rule, "team")});
  }
  PrintTable({"#", "RULE", "SOURCES", "COUNTRIES", "SCORES", "WAY", "TEAM"}, rows);
}

absl::StatusOr<AssignmentRules> RulesAt(const client::Client& client, int64_t revision) {
  lead::v1::GetAssignmentRulesRequest request;
  request.set_revision(revision);
  CRM_ASSIGN_OR_RETURN(const auto response, client.Call(request));
  return response.rules();
}

// As they were read: who changed them meanwhile is not overruled.
absl::Status Apply(const Session& session, const AssignmentOptions& o) {
  AssignmentRules after;
  if (absl::Status status = ReadMessageFile(o.apply.file, &after); !status.ok()) {
    return Usage(status);
  }
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const AssignmentRules before, RulesAt(client, 0));
  return ApplyDocument(o.apply, "The assignment", before, after, {"rules"},
                       [&]() -> absl::StatusOr<int64_t> {
                         lead::v1::UpdateAssignmentRulesRequest request;
                         *request.mutable_rules() = after;
                         request.mutable_rules()->set_etag(before.etag());
                         CRM_ASSIGN_OR_RETURN(const auto response, client.Call(request));
                         return response.rules().revision();
                       });
}

}  // namespace

void AddAssignmentCommands(CLI::App* app, Session* session) {
  CLI::App* group = app->add_subcommand("assignment", "the rules by which leads are dealt");
  group->require_subcommand(1);
  auto o = std::make_shared<AssignmentOptions>();
  CLI::App* show = AddCommand(
      group, "show", "those in force, or earlier ones", session, [session, o]() -> absl::Status {
        CRM_ASSIGN_OR_RETURN(const client::Client client, session->Client());
        CRM_ASSIGN_OR_RETURN(const AssignmentRules rules, RulesAt(client, o->revision));
        PrintRules(*session, rules);
        return absl::OkStatus();
      });
  show->add_option("--revision", o->revision, "this revision");
  CLI::App* apply = AddCommand(group, "apply", "make a new revision that is as a file says",
                               session, [session, o] { return Apply(*session, *o); });
  o->apply.AddTo(apply, "AssignmentRules");
  AddDocumentRevisions<lead::v1::ListAssignmentRuleRevisionsRequest>(
      group, session, {{"REVISION", "revision"}, {"SINCE", "record_time"}, {"BY", "actor"}},
      [](auto* page) { return page->mutable_revisions(); });
}

}  // namespace crm::crmctl
