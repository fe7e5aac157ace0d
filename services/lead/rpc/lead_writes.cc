#include <optional>
#include <vector>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/neighbours/confirmed_creates.h"
#include "common/rpc/resource_name.h"
#include "common/serving/batch_write.h"
#include "common/serving/changes.h"
#include "services/lead/rpc/lead_checks.h"
#include "services/lead/rpc/lead_handlers.h"

namespace crm::lead {
namespace {

using Call = rpc::Call<v1::CreateLeadRequest, v1::CreateLeadResponse>;

absl::StatusOr<Lead> NewLead(const Ports& ports, const Call& call, const GroundsOf& grounds) {
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
  if (request.has_qualification()) {
    occasion.event_id = ports.ids.New();
    occasion.effective_time = EffectiveTimeOf(request.qualification());
    CRM_RETURN_IF_ERROR(error::Under("qualification",
                                     Qualify(lead, grounds.at(&request).basis(),
                                             request.qualification().override_reason(), occasion)));
  }
  return lead;
}

// Makes those whose contacts are there. `grounds` are for the calls with a qualification.
void CreateForContacts(const Ports& ports, absl::Span<Call* const> calls,
                       const GroundsOf& grounds = {}) {
  const neighbours::ContactCheck<v1::CreateLeadRequest, LeadReads> check{
      ports.contacts, ports.reads, "lead.contact",
      [](const auto& request) -> const std::string& { return request.lead().contact(); }};
  neighbours::CreateConfirmed(
      ports.leads, calls, check,
      [&](const Call& call) -> absl::StatusOr<aggregate::Creation<Lead>> {
        aggregate::Creation<Lead> creation;
        CRM_ASSIGN_OR_RETURN(creation.aggregate, NewLead(ports, call, grounds));
        creation.request = serving::RequestOf(call.context(), call.request());
        creation.answer = LeadAnswer<v1::CreateLeadResponse>;
        return creation;
      });
}

}  // namespace

std::optional<absl::Time> TimeAskedFor(const v1::CreateLeadRequest& request) {
  return EffectiveTimeOf(request.qualification());
}

void CreateLeads(const Ports& ports, absl::Span<Call* const> calls) {
  std::vector<Call*> plain;
  std::vector<Call*> qualified;
  for (Call* call : calls) {
    (call->request().has_qualification() ? qualified : plain).push_back(call);
  }
  CreateForContacts(ports, plain);
  AnswerWithGrounds(
      ports, absl::Span<Call* const>(qualified),
      [&](auto judged, const GroundsOf& grounds) { CreateForContacts(ports, judged, grounds); });
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
        activity.id = serving::NewId(ports, call.request().activity_id());
        activity.actor = call.context().actor;
        activity.record_time = occasion.now;
        change.apply = [activity, occasion,
                        chosen = !call.request().activity_id().empty()](Lead& lead) {
          if (chosen) {
            CRM_RETURN_IF_ERROR(TakeRecordId(lead, {RecordKind::kActivity, activity.id}));
          }
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
  AnswerWithGrounds(ports, calls, [&](auto judged, const GroundsOf& grounds) {
    serving::UpdateBatch(
        ports.leads, judged, [&](const auto& call) -> absl::StatusOr<aggregate::Change<Lead>> {
          auto change = serving::ChangeOf<Lead>(call, call.request(), kLeads);
          const Occasion occasion = serving::OccasionOf(ports, call.context(), call.request());
          const Basis basis = grounds.at(&call.request()).basis();
          Assessment assessment = FromProto(call.request().assessment(), occasion.now);
          assessment.id = serving::NewId(ports, call.request().assessment_id());
          assessment.assessor = call.context().actor;
          assessment.record_time = occasion.now;
          change.apply = [assessment, occasion, basis,
                          chosen = !call.request().assessment_id().empty()](Lead& lead) {
            if (chosen) {
              CRM_RETURN_IF_ERROR(TakeRecordId(lead, {RecordKind::kAssessment, assessment.id}));
            }
            const absl::Status status = Assess(lead, assessment, basis, occasion);
            const bool field = error::ReasonOf(status) == error::kFieldInvalid;
            return field ? error::Under("assessment", status) : status;
          };
          change.answer = [assessment, now = occasion.now, basis](const Lead& lead) {
            v1::AssessCriterionResponse response;
            ToProto(lead, *response.mutable_lead());
            ToProto(assessment, *response.mutable_assessment());
            ToProto(JudgeLead(lead, basis, std::nullopt, now), *response.mutable_verdict());
            return response.SerializeAsString();
          };
          return change;
        });
  });
}

}  // namespace crm::lead
