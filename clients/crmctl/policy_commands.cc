#include <algorithm>

#include "clients/crmctl/document_commands.h"
#include "crm/lead/v1/qualification_policy_service.pb.h"

namespace crm::crmctl {
namespace {

using lead::v1::QualificationPolicy;

struct PolicyOptions {
  ApplyOptions apply;
  int64_t revision = 0;
  std::string as_of_time, file;
  std::vector<std::string> leads;
  ListOptions list;
};

const std::vector<std::string>& Fields() {
  static const auto* const fields = new std::vector<std::string>{
      "rules", "threshold", "longest_days_to_purchase", "stale_after_days"};
  return *fields;
}

void PrintPolicy(const Session& session, const QualificationPolicy& policy) {
  if (session.settings.json()) return PrintMessage(policy, true);
  QualificationPolicy head = policy;
  head.clear_rules();
  PrintMessage(head, false);
  std::printf("\n");
  std::vector<std::vector<std::string>> rows;
  for (const lead::v1::CriterionRule& rule : policy.rules()) {
    rows.push_back({FieldText(rule, "criterion"), absl::StrCat(rule.weight()),
                    rule.required() ? "yes" : "no"});
  }
  PrintTable({"CRITERION", "WEIGHT", "REQUIRED"}, rows);
}

absl::StatusOr<QualificationPolicy> InForce(const client::Client& client) {
  CRM_ASSIGN_OR_RETURN(const auto response, client.Call(lead::v1::GetQualificationPolicyRequest()));
  return response.policy();
}

// The policy in the file, with a rule for each criterion in order, as the service answers.
absl::StatusOr<QualificationPolicy> PolicyIn(const std::string& file) {
  QualificationPolicy policy;
  if (absl::Status status = ReadMessageFile(file, &policy); !status.ok()) return Usage(status);
  for (int i = lead::v1::CRITERION_NEED; i <= lead::v1::CRITERION_AUTHORITY; ++i) {
    const auto criterion = static_cast<lead::v1::Criterion>(i);
    const bool known = std::any_of(policy.rules().begin(), policy.rules().end(),
                                   [&](const auto& rule) { return rule.criterion() == criterion; });
    if (!known) policy.add_rules()->set_criterion(criterion);
  }
  std::stable_sort(policy.mutable_rules()->begin(), policy.mutable_rules()->end(),
                   [](const auto& a, const auto& b) { return a.criterion() < b.criterion(); });
  return policy;
}

// As it was read: who changed it meanwhile is not overruled.
absl::Status Apply(const Session& session, const PolicyOptions& o) {
  CRM_ASSIGN_OR_RETURN(const QualificationPolicy after, PolicyIn(o.apply.file));
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const QualificationPolicy before, InForce(client));
  return ApplyDocument(o.apply, "The policy", before, after, Fields(),
                       [&]() -> absl::StatusOr<int64_t> {
                         lead::v1::UpdateQualificationPolicyRequest request;
                         *request.mutable_policy() = after;
                         request.mutable_policy()->set_etag(before.etag());
                         CRM_ASSIGN_OR_RETURN(const auto response, client.Call(request));
                         return response.policy().revision();
                       });
}

// The leads to judge: those that are named, or those that the filter finds.
absl::StatusOr<std::vector<std::string>> LeadsOf(const client::Client& client,
                                                 const PolicyOptions& o) {
  std::vector<std::string> names;
  Arguments arguments;
  for (const std::string& lead : o.leads) names.push_back(arguments.Name(lead, "leads"));
  CRM_RETURN_IF_ERROR(arguments.status());
  if (!names.empty()) return names;
  lead::v1::ListLeadsRequest request;
  request.set_filter(o.list.filter);
  request.set_page_size(1000);
  CRM_RETURN_IF_ERROR(client.ForEachPage(request, [&](const auto& page) {
    for (const auto& lead : page.leads()) names.push_back(lead.name());
    return true;
  }));
  return names;
}

// What the other policy says of leads, a thousand at a time.
struct Comparison {
  int judged = 0;
  int newly_qualified = 0;
  int no_longer_qualified = 0;
  std::map<std::pair<std::string, std::string>, int> changes;  // outcomes from and to
  google::protobuf::RepeatedPtrField<lead::v1::LeadEvaluation> changed;

  void Add(const lead::v1::EvaluateLeadsResponse& response) {
    judged += response.evaluations_size();
    newly_qualified += response.newly_qualified();
    no_longer_qualified += response.no_longer_qualified();
    for (const auto& change : response.changes()) {
      changes[{FieldText(change, "from"), FieldText(change, "to")}] += change.count();
    }
    for (const auto& one : response.evaluations()) {
      if (one.outcome() != one.outcome_in_force()) *changed.Add() = one;
    }
  }
};

void PrintComparison(const Session& session, const Comparison& found) {
  const std::vector<Column> columns = {{"LEAD", "name"},
                                       {"IN FORCE", "outcome_in_force"},
                                       {"SCORE", "score_in_force"},
                                       {"OTHER", "outcome"},
                                       {"SCORE", "score"}};
  if (session.settings.json()) return PrintMessages(found.changed, columns, true, false);
  if (!found.changed.empty()) {
    PrintMessages(found.changed, columns, false, false);
    std::printf("\n");
  }
  for (const auto& [outcomes, count] : found.changes) {
    std::printf("%s → %s: %s\n", outcomes.first.c_str(), outcomes.second.c_str(),
                Grouped(count).c_str());
  }
  std::printf("%s leads judged: %s newly QUALIFIED, %s no longer, %s with another verdict.\n",
              Grouped(found.judged).c_str(), Grouped(found.newly_qualified).c_str(),
              Grouped(found.no_longer_qualified).c_str(), Grouped(found.changed.size()).c_str());
}

absl::Status Evaluate(const Session& session, const PolicyOptions& o) {
  lead::v1::EvaluateLeadsRequest request;
  if (!o.file.empty()) {
    CRM_ASSIGN_OR_RETURN(*request.mutable_draft_policy(), PolicyIn(o.file));
  }
  request.set_policy_revision(o.revision);
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const std::vector<std::string> names, LeadsOf(client, o));
  constexpr size_t kAtOnce = 1000;
  Comparison found;
  for (size_t begin = 0; begin < names.size(); begin += kAtOnce) {
    request.clear_names();
    for (size_t i = begin; i < std::min(names.size(), begin + kAtOnce); ++i) {
      request.add_names(names[i]);
    }
    CRM_ASSIGN_OR_RETURN(const auto response, client.Call(request));
    found.Add(response);
  }
  PrintComparison(session, found);
  return absl::OkStatus();
}

void AddShow(CLI::App* group, Session* session, const std::shared_ptr<PolicyOptions>& o) {
  CLI::App* show =
      AddCommand(group, "show", "the one in force, or an earlier one", session,
                 [session, o]() -> absl::Status {
                   Arguments arguments;
                   lead::v1::GetQualificationPolicyRequest request;
                   request.set_revision(o->revision);
                   arguments.SetTime("--as-of-time", o->as_of_time,
                                     [&] { return request.mutable_as_of_time(); });
                   CRM_RETURN_IF_ERROR(arguments.status());
                   CRM_ASSIGN_OR_RETURN(const client::Client client, session->Client());
                   CRM_ASSIGN_OR_RETURN(const auto response, client.Call(request));
                   PrintPolicy(*session, response.policy());
                   return absl::OkStatus();
                 });
  CLI::Option* const revision = show->add_option("--revision", o->revision, "this revision");
  show->add_option("--as-of-time", o->as_of_time, "the one in force then")->excludes(revision);
}

void AddEvaluate(CLI::App* group, Session* session, const std::shared_ptr<PolicyOptions>& o) {
  CLI::App* evaluate =
      AddCommand(group, "evaluate", "what another policy would say of leads; stores nothing",
                 session, [session, o] { return Evaluate(*session, *o); });
  CLI::Option* const file =
      evaluate->add_option("--file,-f", o->file, "a policy that is not stored: YAML or *.json");
  evaluate->add_option("--revision", o->revision, "a revision of the policy")->excludes(file);
  CLI::Option* const leads =
      evaluate->add_option("leads", o->leads, "leads/<uuid>; default: all that the filter finds");
  evaluate->add_option("--filter", o->list.filter, "as of lead list")->excludes(leads);
}

}  // namespace

void AddPolicyCommands(CLI::App* app, Session* session) {
  CLI::App* group = app->add_subcommand("policy", "how leads are judged");
  group->require_subcommand(1);
  auto o = std::make_shared<PolicyOptions>();
  AddShow(group, session, o);
  CLI::App* apply = AddCommand(group, "apply", "make a new revision that is as a file says",
                               session, [session, o] { return Apply(*session, *o); });
  o->apply.AddTo(apply, "a QualificationPolicy");
  AddDocumentRevisions<lead::v1::ListQualificationPolicyRevisionsRequest>(
      group, session,
      {{"REVISION", "revision"},
       {"SINCE", "record_time"},
       {"BY", "actor"},
       {"THRESHOLD", "threshold"},
       {"PURCHASE DAYS", "longest_days_to_purchase"},
       {"STALE DAYS", "stale_after_days"}},
      [](auto* page) { return page->mutable_policies(); });
  AddEvaluate(group, session, o);
}

}  // namespace crm::crmctl
