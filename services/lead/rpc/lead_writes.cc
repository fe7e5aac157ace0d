#include "common/base/status.h"
#include "common/error/error.h"
#include "common/serving/batch_write.h"
#include "services/lead/rpc/lead_checks.h"
#include "services/lead/rpc/lead_handlers.h"

namespace crm::lead {
namespace {

using Call = rpc::Call<v1::CreateLeadRequest, v1::CreateLeadResponse>;

absl::Status UnknownContact(const std::string& name) {
  return error::Error(absl::StatusCode::kFailedPrecondition, error::kReferenceNotFound,
                      "The contact does not exist.")
      .With("field", "lead.contact")
      .With("resource", name)
      .Violation("lead.contact", "must name an existing contact");
}

// A call whose contact cannot be confirmed fails, unless it is the retry of one that succeeded.
void FinishUnconfirmed(const Ports& ports, Call& call, const absl::Status& finding) {
  if (const auto request = serving::RequestOf(call.context(), call.request())) {
    const auto first =
        ports.reads.FirstAnswer(call.context().tenant, *request, call.context().deadline);
    if (!first.ok()) return call.Finish(first.status());
    if (first->has_value()) return call.FinishSerialized(**first, /*replayed=*/true);
  }
  call.Finish(finding.code() == absl::StatusCode::kNotFound
                  ? UnknownContact(call.request().lead().contact())
                  : finding);
}

// The calls whose contacts exist; the others are answered.
std::vector<Call*> WithConfirmedContact(const Ports& ports, absl::Span<Call* const> calls) {
  std::vector<ContactKey> contacts;
  contacts.reserve(calls.size());
  for (const Call* call : calls) {
    contacts.push_back(
        {call->context().tenant, *rpc::ParseName(call->request().lead().contact(), "contacts")});
  }
  std::vector<absl::Status> findings(calls.size());
  ports.contacts.Check(contacts, absl::MakeSpan(findings), serving::BatchDeadline(calls));
  std::vector<Call*> confirmed;
  confirmed.reserve(calls.size());
  for (size_t i = 0; i < calls.size(); ++i) {
    if (findings[i].ok()) {
      confirmed.push_back(calls[i]);
    } else {
      FinishUnconfirmed(ports, *calls[i], findings[i]);
    }
  }
  return confirmed;
}

absl::StatusOr<Lead> NewLead(const Ports& ports, const Call& call) {
  const v1::CreateLeadRequest& request = call.request();
  Lead lead;
  lead.tenant = call.context().tenant;
  lead.id = request.lead_id().empty() ? ports.ids.New() : *base::Uuid::Parse(request.lead_id());
  lead.contact = *rpc::ParseName(request.lead().contact(), "contacts");
  CRM_RETURN_IF_ERROR(Edit(lead, EditFrom(request.lead(), SettableFields())));
  Occasion occasion = OccasionOf(ports, call.context(), request);
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

}  // namespace

void CreateLeads(const Ports& ports, absl::Span<Call* const> calls) {
  const std::vector<Call*> confirmed = WithConfirmedContact(ports, calls);
  if (confirmed.empty()) return;
  serving::CreateBatch(ports.leads, absl::MakeConstSpan(confirmed),
                       [&](const Call& call) -> absl::StatusOr<aggregate::Creation<Lead>> {
                         aggregate::Creation<Lead> creation;
                         CRM_ASSIGN_OR_RETURN(creation.aggregate, NewLead(ports, call));
                         creation.request = serving::RequestOf(call.context(), call.request());
                         creation.answer = LeadAnswer<v1::CreateLeadResponse>;
                         return creation;
                       });
}

void UpdateLeads(const Ports& ports, Calls<v1::UpdateLeadRequest, v1::UpdateLeadResponse> calls) {
  serving::UpdateBatch(ports.leads, calls,
                       [](const auto& call) -> absl::StatusOr<aggregate::Change<Lead>> {
                         const v1::UpdateLeadRequest& request = call.request();
                         aggregate::Change<Lead> change;
                         change.key = KeyOf(call.context(), request.lead().name());
                         change.etag = request.lead().etag();
                         change.request = serving::RequestOf(call.context(), request);
                         CRM_ASSIGN_OR_RETURN(const auto fields, UpdatedFields(request));
                         change.apply = [edit = EditFrom(request.lead(), fields)](Lead& lead) {
                           return Edit(lead, edit);
                         };
                         change.answer = LeadAnswer<v1::UpdateLeadResponse>;
                         return change;
                       });
}

void LogActivities(const Ports& ports,
                   Calls<v1::LogActivityRequest, v1::LogActivityResponse> calls) {
  serving::UpdateBatch(
      ports.leads, calls, [&](const auto& call) -> absl::StatusOr<aggregate::Change<Lead>> {
        aggregate::Change<Lead> change = ChangeOf<v1::LogActivityResponse>(call);
        const Occasion occasion = OccasionOf(ports, call.context(), call.request());
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
        aggregate::Change<Lead> change = ChangeOf<v1::AssessCriterionResponse>(call);
        const Occasion occasion = OccasionOf(ports, call.context(), call.request());
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
