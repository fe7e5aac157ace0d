#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/rpc/call.h"
#include "common/rpc/page_token.h"
#include "common/serving/batch_write.h"
#include "common/serving/requests.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "services/lead/rpc/lead_ports.h"
#include "services/lead/rpc/lead_proto.h"

namespace crm::lead {

using rpc::Calls;

// The methods that change nothing. Batches read all their leads by one statement.
void GetLeads(const Ports& ports, Calls<v1::GetLeadRequest, v1::GetLeadResponse> calls);
void BatchGetLeads(const Ports& ports,
                   Calls<v1::BatchGetLeadsRequest, v1::BatchGetLeadsResponse> calls);
absl::Status ListLeads(const Ports& ports, const rpc::CallContext& context,
                       const v1::ListLeadsRequest& request, v1::ListLeadsResponse& response);
absl::Status ListRevisions(const Ports& ports, const rpc::CallContext& context,
                           const v1::ListRevisionsRequest& request,
                           v1::ListRevisionsResponse& response);
void EvaluateLeads(const Ports& ports,
                   Calls<v1::EvaluateLeadRequest, v1::EvaluateLeadResponse> calls);
absl::Status CompareVerdicts(const Ports& ports, const rpc::CallContext& context,
                             const v1::EvaluateLeadsRequest& request,
                             v1::EvaluateLeadsResponse& response);
absl::Status ListActivities(const Ports& ports, const rpc::CallContext& context,
                            const v1::ListActivitiesRequest& request,
                            v1::ListActivitiesResponse& response);
absl::Status ListAssessments(const Ports& ports, const rpc::CallContext& context,
                             const v1::ListAssessmentsRequest& request,
                             v1::ListAssessmentsResponse& response);

// The methods that write. Each batch is one transaction.
void CreateLeads(const Ports& ports, Calls<v1::CreateLeadRequest, v1::CreateLeadResponse> calls);
void UpdateLeads(const Ports& ports, Calls<v1::UpdateLeadRequest, v1::UpdateLeadResponse> calls);
void LogActivities(const Ports& ports,
                   Calls<v1::LogActivityRequest, v1::LogActivityResponse> calls);
void UpdateActivities(const Ports& ports,
                      Calls<v1::UpdateActivityRequest, v1::UpdateActivityResponse> calls);
void AssessCriteria(const Ports& ports,
                    Calls<v1::AssessCriterionRequest, v1::AssessCriterionResponse> calls);
void QualifyLeads(const Ports& ports, Calls<v1::QualifyLeadRequest, v1::QualifyLeadResponse> calls);
void DisqualifyLeads(const Ports& ports,
                     Calls<v1::DisqualifyLeadRequest, v1::DisqualifyLeadResponse> calls);
void ReopenLeads(const Ports& ports, Calls<v1::ReopenLeadRequest, v1::ReopenLeadResponse> calls);
void DeleteLeads(const Ports& ports, Calls<v1::DeleteLeadRequest, v1::DeleteLeadResponse> calls);
void UndeleteLeads(const Ports& ports,
                   Calls<v1::UndeleteLeadRequest, v1::UndeleteLeadResponse> calls);
// The contact service is asked, and then one lead written, for each call by itself.
void CaptureLeads(const Ports& ports, Calls<v1::CaptureLeadRequest, v1::CaptureLeadResponse> calls);
// Two transactions and the calls to the opportunity service between them.
void ConvertLeads(const Ports& ports, Calls<v1::ConvertLeadRequest, v1::ConvertLeadResponse> calls);

// Of a list ordered by time and id: the record that a page begins after; nothing on the first page.
// INVALID_ARGUMENT PAGE_TOKEN_INVALID.
absl::StatusOr<std::optional<RecordPosition>> RecordPositionOf(const rpc::PageArguments& bound,
                                                               const std::string& token);

// The token of the page that begins after the record.
std::string TokenAfter(const rpc::PageArguments& bound, const RecordPosition& record);

// When a request, or a part of one, says that it happened.
template <class Req>
std::optional<absl::Time> EffectiveTimeOf(const Req& request) {
  if (!request.has_effective_time()) return std::nullopt;
  return rpc::TimeFrom(request.effective_time());
}

// As of when a request asks for a verdict; nothing: as of now.
std::optional<absl::Time> TimeAskedFor(const v1::CreateLeadRequest& request);
std::optional<absl::Time> TimeAskedFor(const v1::QualifyLeadRequest& request);
std::optional<absl::Time> TimeAskedFor(const v1::DisqualifyLeadRequest& request);
std::optional<absl::Time> TimeAskedFor(const v1::EvaluateLeadRequest& request);
inline std::optional<absl::Time> TimeAskedFor(const v1::AssessCriterionRequest&) {
  return std::nullopt;
}
inline std::optional<absl::Time> TimeAskedFor(const v1::DeleteLeadRequest&) { return std::nullopt; }

// By which revision of the policy; 0: the one in force then.
template <class Req>
int64_t RevisionAskedFor(const Req& request) {
  if constexpr (requires { request.policy_revision(); }) return request.policy_revision();
  return 0;
}

// Which lead a request has judged. One that it makes is not there yet: the nil id.
template <class Req>
aggregate::Key JudgedLead(const rpc::CallContext& context, const Req& request) {
  if constexpr (requires { request.name(); }) {
    return serving::KeyOf(context, request.name(), kLeads);
  } else {
    return {context.tenant, base::Uuid()};
  }
}

// What the leads of some calls are judged by, found by their requests.
using GroundsOf = absl::flat_hash_map<const google::protobuf::Message*, Grounds>;

// Answers calls whose leads are judged: `answer(calls, grounds)` finishes each of the calls that it
// gets; those without grounds get their error. In rounds (batch_rounds.h).
template <class CallType, class Answer>
void AnswerWithGrounds(const Ports& ports, absl::Span<CallType* const> calls,
                       const Answer& answer) {
  for (serving::BatchRounds rounds(serving::DeadlinesOf(calls)); !rounds.over(); rounds.Next()) {
    std::vector<GroundsQuestion> questions;
    for (const size_t i : rounds.members()) {
      questions.push_back({JudgedLead(calls[i]->context(), calls[i]->request()),
                           TimeAskedFor(calls[i]->request()),
                           RevisionAskedFor(calls[i]->request())});
    }
    auto found = ports.grounds.Find(questions, rounds.end());
    std::vector<CallType*> judged;
    GroundsOf grounds;
    auto next = found.begin();
    for (const size_t i : rounds.members()) {
      auto& one = *next++;
      if (one.ok()) {
        grounds.emplace(&calls[i]->request(), *std::move(one));
        judged.push_back(calls[i]);
      } else if (!rounds.GoesOn(i, one.status())) {
        calls[i]->Finish(one.status());
      }
    }
    if (!judged.empty()) answer(absl::Span<CallType* const>(judged), grounds);
  }
}

// The serialized response of a method that answers with the lead alone.
template <class Resp>
std::string LeadAnswer(const Lead& lead) {
  Resp response;
  ToProto(lead, *response.mutable_lead());
  return response.SerializeAsString();
}

}  // namespace crm::lead
