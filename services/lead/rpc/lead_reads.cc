#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_values.h"
#include "common/serving/batch_read.h"
#include "common/serving/list_page.h"
#include "common/serving/page_bytes.h"
#include "common/serving/requests.h"
#include "common/serving/revisions.h"
#include "services/lead/rpc/lead_filters.h"
#include "services/lead/rpc/lead_handlers.h"
#include "services/lead/rpc/policy_proto.h"

namespace crm::lead {
namespace {

// Answers a list of a lead's records: `read(lead, after, limit)` gives them in order, `time_of`
// what they are ordered by, `add` puts one into the response and returns its message.
template <class Req, class Resp, class Read, class TimeOf, class Add>
absl::Status AnswerRecords(const Ports& ports, const rpc::CallContext& context, const Req& request,
                           Resp& response, const Read& read, const TimeOf& time_of,
                           const Add& add) {
  const rpc::PageArguments bound{context.method, context.tenant, request.name()};
  CRM_ASSIGN_OR_RETURN(const auto after, RecordPositionOf(bound, request.page_token()));
  const int size = rpc::EffectivePageSize(request.page_size());
  const aggregate::Key lead = serving::KeyOf(context, request.name(), kLeads);
  CRM_ASSIGN_OR_RETURN(const auto found, read(lead, after, size + 1));
  if (found.empty() && !after.has_value()) {
    CRM_RETURN_IF_ERROR(
        ports.leads.Get(absl::MakeConstSpan(&lead, 1), context.deadline)[0].status());
  }
  const size_t shown = serving::FillPage(found, static_cast<size_t>(size), add);
  if (found.size() > shown) {
    const auto& last = found[shown - 1];
    response.set_next_page_token(TokenAfter(bound, {time_of(last), last.id}));
  }
  return absl::OkStatus();
}

// The grounds in force for each of the request's leads.
absl::StatusOr<std::vector<Grounds>> GroundsInForce(const Ports& ports,
                                                    absl::Span<const aggregate::Key> leads,
                                                    std::optional<absl::Time> time,
                                                    base::Deadline deadline) {
  std::vector<GroundsQuestion> questions;
  questions.reserve(leads.size());
  for (const aggregate::Key& lead : leads) questions.push_back({lead, time});
  std::vector<Grounds> grounds;
  grounds.reserve(leads.size());
  for (auto& found : ports.grounds.Find(questions, deadline)) {
    if (!found.ok()) return found.status();
    grounds.push_back(*std::move(found));
  }
  return grounds;
}

// The policy that the request asks for; nothing: the one in force.
absl::StatusOr<std::optional<QualificationPolicy>> PolicyAskedFor(
    const Ports& ports, const rpc::CallContext& context, const v1::EvaluateLeadsRequest& request) {
  if (request.has_draft_policy()) return std::optional(FromProto(request.draft_policy()));
  if (request.policy_revision() == 0) return std::optional<QualificationPolicy>();
  const PolicyQuestion question{context.tenant, request.policy_revision()};
  const auto found = ports.policies.Find(absl::MakeConstSpan(&question, 1), context.deadline);
  if (!found[0].ok()) return found[0].status();
  return std::optional(found[0]->policy);
}

// Counts how verdicts change.
class Flips {
 public:
  void Count(VerdictOutcome from, VerdictOutcome to) {
    if (from != to) ++counts_[{from, to}];
  }
  void Tell(v1::EvaluateLeadsResponse& response) const {
    for (const auto& [pair, count] : counts_) {
      const auto [from, to] = pair;
      v1::OutcomeChange& change = *response.add_changes();
      change.set_from(ToProto(from));
      change.set_to(ToProto(to));
      change.set_count(count);
      const bool gained = to == VerdictOutcome::kQualified;
      const bool lost = from == VerdictOutcome::kQualified;
      if (gained) response.set_newly_qualified(response.newly_qualified() + count);
      if (lost) response.set_no_longer_qualified(response.no_longer_qualified() + count);
    }
  }

 private:
  std::map<std::pair<VerdictOutcome, VerdictOutcome>, int> counts_;
};

}  // namespace

absl::StatusOr<std::optional<RecordPosition>> RecordPositionOf(const rpc::PageArguments& bound,
                                                               const std::string& token) {
  CRM_ASSIGN_OR_RETURN(const auto keys, rpc::DecodePageToken(bound, token));
  if (keys.empty()) return std::optional<RecordPosition>();
  int64_t micros = 0;
  const auto id = keys.size() == 2 ? base::Uuid::Parse(keys[1]) : std::nullopt;
  if (!id.has_value() || !absl::SimpleAtoi(keys[0], &micros)) {
    return error::Error(absl::StatusCode::kInvalidArgument, error::kPageTokenInvalid,
                        "The page token is not valid.")
        .Violation("page_token", "must be a next_page_token of the same method");
  }
  return std::optional(RecordPosition{absl::FromUnixMicros(micros), *id});
}

std::string TokenAfter(const rpc::PageArguments& bound, const RecordPosition& record) {
  const std::string position[] = {absl::StrCat(absl::ToUnixMicros(record.time)),
                                  record.id.ToString()};
  return rpc::EncodePageToken(bound, position);
}

std::optional<absl::Time> TimeAskedFor(const v1::EvaluateLeadRequest& request) {
  if (!request.has_evaluate_time()) return std::nullopt;
  return rpc::TimeFrom(request.evaluate_time());
}

void GetLeads(const Ports& ports, Calls<v1::GetLeadRequest, v1::GetLeadResponse> calls) {
  serving::AnswerGetsAsOf(
      calls, serving::KeysIn(kLeads), serving::GetFrom(ports.leads),
      [&ports](const auto&... what) { return ports.reads.AsOf(what...); },
      [](auto& call, const Lead& lead) { ToProto(lead, *call.response().mutable_lead()); });
}

void BatchGetLeads(const Ports& ports,
                   Calls<v1::BatchGetLeadsRequest, v1::BatchGetLeadsResponse> calls) {
  serving::AnswerBatchGets(
      calls, serving::KeysIn(kLeads), serving::GetFrom(ports.leads),
      [](auto& response, const Lead& lead) { ToProto(lead, *response.add_leads()); });
}

absl::Status ListLeads(const Ports& ports, const rpc::CallContext& context,
                       const v1::ListLeadsRequest& request, v1::ListLeadsResponse& response) {
  return serving::AnswerList<Lead>(
      context, request, response, LeadFields(), LeadOrders(),
      [&](const listing::Query& query) { return ports.reads.List(query, context.deadline); },
      [&](const Lead& lead) -> const v1::Lead& {
        v1::Lead& message = *response.add_leads();
        ToProto(lead, message);
        return message;
      });
}

void EvaluateLeads(const Ports& ports,
                   Calls<v1::EvaluateLeadRequest, v1::EvaluateLeadResponse> calls) {
  AnswerWithGrounds(ports, calls, [&](auto judged, const GroundsOf& grounds) {
    const absl::Time now = ports.clock.Now();
    serving::AnswerGets(
        judged, serving::KeysIn(kLeads), serving::GetFrom(ports.leads),
        [&](auto& call, const Lead& lead) -> absl::Status {
          const auto time = TimeAskedFor(call.request());
          if (time > now) {
            return error::FieldInvalid("evaluate_time", "must not be in the future");
          }
          const Basis basis = grounds.at(&call.request()).basis();
          const QualificationPolicy draft = FromProto(call.request().draft_policy());
          const bool drafted = call.request().has_draft_policy();
          ToProto(JudgeLead(lead, drafted ? Basis{draft, basis.then} : basis, time, now),
                  *call.response().mutable_verdict());
          return absl::OkStatus();
        });
  });
}

absl::Status CompareVerdicts(const Ports& ports, const rpc::CallContext& context,
                             const v1::EvaluateLeadsRequest& request,
                             v1::EvaluateLeadsResponse& response) {
  const absl::Time now = ports.clock.Now();
  std::optional<absl::Time> time;
  if (request.has_evaluate_time()) time = rpc::TimeFrom(request.evaluate_time());
  if (time > now) return error::FieldInvalid("evaluate_time", "must not be in the future");
  std::vector<aggregate::Key> keys;
  for (const std::string& name : request.names()) {
    keys.push_back(serving::KeyOf(context, name, kLeads));
  }
  CRM_ASSIGN_OR_RETURN(const auto asked, PolicyAskedFor(ports, context, request));
  CRM_ASSIGN_OR_RETURN(const std::vector<Grounds> grounds,
                       GroundsInForce(ports, keys, time, context.deadline));
  const auto leads = ports.leads.Get(keys, context.deadline);
  Flips flips;
  for (size_t i = 0; i < leads.size(); ++i) {
    if (absl::IsNotFound(leads[i].status())) {
      response.add_missing_names(request.names(static_cast<int>(i)));
      continue;
    }
    CRM_RETURN_IF_ERROR(leads[i].status());
    const Basis in_force = grounds[i].basis();
    const Verdict before = JudgeLead(*leads[i], in_force, time, now);
    const Verdict after = asked ? JudgeLead(*leads[i], {*asked, in_force.then}, time, now) : before;
    v1::LeadEvaluation& evaluation = *response.add_evaluations();
    evaluation.set_name(request.names(static_cast<int>(i)));
    evaluation.set_outcome(ToProto(after.outcome));
    evaluation.set_score(after.score);
    evaluation.set_outcome_in_force(ToProto(before.outcome));
    evaluation.set_score_in_force(before.score);
    flips.Count(before.outcome, after.outcome);
  }
  flips.Tell(response);
  return absl::OkStatus();
}

absl::Status ListActivities(const Ports& ports, const rpc::CallContext& context,
                            const v1::ListActivitiesRequest& request,
                            v1::ListActivitiesResponse& response) {
  return AnswerRecords(
      ports, context, request, response,
      [&](const aggregate::Key& lead, const auto& after, int limit) {
        return ports.reads.Activities(lead, after, limit, context.deadline);
      },
      [](const Activity& activity) { return activity.occur_time; },
      [&](const Activity& activity) -> const v1::Activity& {
        v1::Activity& message = *response.add_activities();
        ToProto(activity, message);
        return message;
      });
}

absl::Status ListAssessments(const Ports& ports, const rpc::CallContext& context,
                             const v1::ListAssessmentsRequest& request,
                             v1::ListAssessmentsResponse& response) {
  return AnswerRecords(
      ports, context, request, response,
      [&](const aggregate::Key& lead, const auto& after, int limit) {
        return ports.reads.Assessments(lead, after, limit, context.deadline);
      },
      [](const Assessment& assessment) { return assessment.observe_time; },
      [&](const Assessment& assessment) -> const v1::Assessment& {
        v1::Assessment& message = *response.add_assessments();
        ToProto(assessment, message);
        return message;
      });
}

absl::Status ListRevisions(const Ports& ports, const rpc::CallContext& context,
                           const v1::ListRevisionsRequest& request,
                           v1::ListRevisionsResponse& response) {
  const aggregate::Key key = serving::KeyOf(context, request.name(), kLeads);
  return serving::AnswerRevisions<v1::Lead>(
      context, request, response,
      [&](int64_t after, int limit) {
        return ports.reads.Revisions(key, after, limit, context.deadline);
      },
      [&] { return ports.leads.Get(absl::MakeConstSpan(&key, 1), context.deadline)[0].status(); },
      [](const Lead& lead, v1::Lead& message) { ToProto(lead, message); });
}

}  // namespace crm::lead
