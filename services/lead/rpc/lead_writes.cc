#include "common/base/status.h"
#include "common/error/refusals.h"
#include "common/rpc/resource_name.h"
#include "common/serving/batch_write.h"
#include "common/serving/changes.h"
#include "services/lead/rpc/lead_checks.h"
#include "services/lead/rpc/lead_handlers.h"

namespace crm::lead {
namespace {

using Call = rpc::Call<v1::CreateLeadRequest, v1::CreateLeadResponse>;

// What a call gets whose contact cannot be confirmed: `finding`, unless it is the retry of one that
// succeeded.
absl::StatusOr<std::string> AnswerUnconfirmed(const Ports& ports, const Call& call,
                                              const absl::Status& finding,
                                              base::Deadline deadline) {
  if (const auto request = serving::RequestOf(call.context(), call.request())) {
    CRM_ASSIGN_OR_RETURN(const auto first,
                         ports.reads.FirstAnswer(call.context().tenant, *request, deadline));
    if (first.has_value()) return *first;
  }
  return absl::IsNotFound(finding)
             ? error::ReferenceNotFound("lead.contact", call.request().lead().contact())
             : finding;
}

// Which contacts there are, of the calls that are members of the round.
std::vector<absl::Status> FindContacts(const Ports& ports, absl::Span<Call* const> calls,
                                       const serving::BatchRounds& round) {
  std::vector<ContactKey> contacts;
  contacts.reserve(round.members().size());
  for (const size_t i : round.members()) {
    const Call& call = *calls[i];
    contacts.push_back(
        {call.context().tenant, *rpc::ParseName(call.request().lead().contact(), "contacts")});
  }
  std::vector<absl::Status> findings(contacts.size());
  ports.contacts.Check(contacts, absl::MakeSpan(findings), round.end());
  return findings;
}

absl::StatusOr<Lead> NewLead(const Ports& ports, const Call& call) {
  const v1::CreateLeadRequest& request = call.request();
  Lead lead;
  lead.tenant = call.context().tenant;
  lead.id = serving::NewId(ports, request.lead_id());
  lead.contact = *rpc::ParseName(request.lead().contact(), "contacts");
  CRM_RETURN_IF_ERROR(Edit(lead, EditFrom(request.lead(), SettableFields())));
  Occasion occasion = serving::OccasionOf(ports, call.context(), request);
  CRM_RETURN_IF_ERROR(Open(lead, occasion));
  if (request.has_first_activity()) {
    Activity activity = FromProto(request.first_activity(), occasion.now);
    activity.id = ports.ids.New();
    activity.actor = call.context().actor;
    activity.record_time = occasion.now;
    occasion.event_id = ports.ids.New();
    CRM_RETURN_IF_ERROR(error::Under("first_activity", LogActivity(lead, activity, occasion)));
  }
  return lead;
}

void CreateConfirmed(const Ports& ports, absl::Span<Call* const> calls) {
  serving::CreateBatch(ports.leads, calls,
                       [&](const Call& call) -> absl::StatusOr<aggregate::Creation<Lead>> {
                         aggregate::Creation<Lead> creation;
                         CRM_ASSIGN_OR_RETURN(creation.aggregate, NewLead(ports, call));
                         creation.request = serving::RequestOf(call.context(), call.request());
                         creation.answer = LeadAnswer<v1::CreateLeadResponse>;
                         return creation;
                       });
}

}  // namespace

void CreateLeads(const Ports& ports, absl::Span<Call* const> calls) {
  for (serving::BatchRounds rounds(serving::DeadlinesOf(calls)); !rounds.over(); rounds.Next()) {
    const std::vector<absl::Status> findings = FindContacts(ports, calls, rounds);
    std::vector<Call*> confirmed;
    auto finding = findings.begin();
    for (const size_t i : rounds.members()) {
      const absl::Status& found = *finding++;
      if (found.ok()) {
        confirmed.push_back(calls[i]);
        continue;
      }
      const auto answer = AnswerUnconfirmed(ports, *calls[i], found, rounds.end());
      if (answer.ok()) {
        calls[i]->FinishSerialized(*answer, /*replayed=*/true);
      } else if (!rounds.GoesOn(i, answer.status())) {
        calls[i]->Finish(answer.status());
      }
    }
    CreateConfirmed(ports, confirmed);
  }
}

void UpdateLeads(const Ports& ports, Calls<v1::UpdateLeadRequest, v1::UpdateLeadResponse> calls) {
  serving::AnswerUpdates(
      ports.leads, kLeads, calls, &v1::UpdateLeadRequest::lead, LeadAnswer<v1::UpdateLeadResponse>,
      [](const auto& request) { return EditFrom(request.lead(), UpdatedFields(request)); }, Edit);
}

void LogActivities(const Ports& ports,
                   Calls<v1::LogActivityRequest, v1::LogActivityResponse> calls) {
  serving::UpdateBatch(
      ports.leads, calls, [&](const auto& call) -> absl::StatusOr<aggregate::Change<Lead>> {
        auto change = serving::ChangeOf<Lead>(call, call.request(), kLeads);
        const Occasion occasion = serving::OccasionOf(ports, call.context(), call.request());
        Activity activity = FromProto(call.request().activity(), occasion.now);
        activity.id = ports.ids.New();
        activity.actor = call.context().actor;
        activity.record_time = occasion.now;
        change.apply = [activity, occasion](Lead& lead) {
          return error::Under("activity", LogActivity(lead, activity, occasion));
        };
        change.answer = [activity](const Lead& lead) {
          v1::LogActivityResponse response;
          ToProto(lead, *response.mutable_lead());
          ToProto(activity, *response.mutable_activity());
          return response.SerializeAsString();
        };
        return change;
      });
}

void AssessCriteria(const Ports& ports,
                    Calls<v1::AssessCriterionRequest, v1::AssessCriterionResponse> calls) {
  serving::UpdateBatch(
      ports.leads, calls, [&](const auto& call) -> absl::StatusOr<aggregate::Change<Lead>> {
        auto change = serving::ChangeOf<Lead>(call, call.request(), kLeads);
        const Occasion occasion = serving::OccasionOf(ports, call.context(), call.request());
        Assessment assessment = FromProto(call.request().assessment(), occasion.now);
        assessment.id = ports.ids.New();
        assessment.assessor = call.context().actor;
        assessment.record_time = occasion.now;
        change.apply = [assessment, occasion](Lead& lead) {
          const absl::Status status = Assess(lead, assessment, DefaultPolicy(), occasion);
          const bool field = error::ReasonOf(status) == error::kFieldInvalid;
          return field ? error::Under("assessment", status) : status;
        };
        change.answer = [assessment, now = occasion.now](const Lead& lead) {
          v1::AssessCriterionResponse response;
          ToProto(lead, *response.mutable_lead());
          ToProto(assessment, *response.mutable_assessment());
          ToProto(Judge(lead.assessments, DefaultPolicy(), now), *response.mutable_verdict());
          return response.SerializeAsString();
        };
        return change;
      });
}

}  // namespace crm::lead
