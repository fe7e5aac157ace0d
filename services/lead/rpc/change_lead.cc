#include <utility>

#include "common/base/status.h"
#include "common/serving/batch_write.h"
#include "services/lead/rpc/lead_validation.h"
#include "services/lead/rpc/lead_writes.h"

namespace crm::lead {
namespace {

using LeadChange = aggregate::Change<Lead>;

// The change of a request that names its lead by `name` and `etag`; the rule is still missing.
template <class Resp, class CallType>
LeadChange ChangeOf(const CallType& call) {
  LeadChange change;
  change.key = KeyOf(call.context(), call.request().name());
  change.etag = call.request().etag();
  change.request = serving::RequestOf(call.context(), call.request());
  change.answer = LeadAnswer<Resp>;
  return change;
}

}  // namespace

void UpdateLeads(const LeadPorts& ports,
                 Calls<v1::UpdateLeadRequest, v1::UpdateLeadResponse> calls) {
  serving::UpdateBatch(ports.leads, calls, [](const auto& call) -> absl::StatusOr<LeadChange> {
    const v1::UpdateLeadRequest& request = call.request();
    LeadChange change;
    change.key = KeyOf(call.context(), request.lead().name());
    change.etag = request.lead().etag();
    change.request = serving::RequestOf(call.context(), request);
    CRM_ASSIGN_OR_RETURN(auto fields, UpdatedFields(request));
    change.apply = [&request, fields = std::move(fields)](Lead& lead) {
      return Edit(lead, [&](Lead& edited) {
        for (const std::string& field : fields) SetField(request.lead(), field, edited);
      });
    };
    change.answer = LeadAnswer<v1::UpdateLeadResponse>;
    return change;
  });
}

void LogActivities(const LeadPorts& ports,
                   Calls<v1::LogActivityRequest, v1::LogActivityResponse> calls) {
  serving::UpdateBatch(ports.leads, calls, [&](const auto& call) -> absl::StatusOr<LeadChange> {
    LeadChange change = ChangeOf<v1::LogActivityResponse>(call);
    const Occasion occasion = OccasionOf(ports, call.context(), call.request());
    Activity activity = ActivityFrom(call.request().activity(), occasion.now);
    activity.id = ports.ids.New();
    activity.actor = call.context().actor;
    activity.record_time = occasion.now;
    change.apply = [activity, occasion](Lead& lead) {
      return LogActivity(lead, activity, occasion, "activity");
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

void AssessCriteria(const LeadPorts& ports,
                    Calls<v1::AssessCriterionRequest, v1::AssessCriterionResponse> calls) {
  serving::UpdateBatch(ports.leads, calls, [&](const auto& call) -> absl::StatusOr<LeadChange> {
    LeadChange change = ChangeOf<v1::AssessCriterionResponse>(call);
    const Occasion occasion = OccasionOf(ports, call.context(), call.request());
    Assessment assessment = AssessmentFrom(call.request().assessment(), occasion.now);
    assessment.id = ports.ids.New();
    assessment.assessor = call.context().actor;
    assessment.record_time = occasion.now;
    change.apply = [assessment, occasion](Lead& lead) {
      return Assess(lead, assessment, DefaultPolicy(), occasion);
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

void QualifyLeads(const LeadPorts& ports,
                  Calls<v1::QualifyLeadRequest, v1::QualifyLeadResponse> calls) {
  serving::UpdateBatch(ports.leads, calls, [&](const auto& call) -> absl::StatusOr<LeadChange> {
    LeadChange change = ChangeOf<v1::QualifyLeadResponse>(call);
    change.apply = [&call,
                    occasion = OccasionOf(ports, call.context(), call.request())](Lead& lead) {
      return Qualify(lead, DefaultPolicy(), call.request().override_reason(), occasion);
    };
    return change;
  });
}

void DisqualifyLeads(const LeadPorts& ports,
                     Calls<v1::DisqualifyLeadRequest, v1::DisqualifyLeadResponse> calls) {
  serving::UpdateBatch(ports.leads, calls, [&](const auto& call) -> absl::StatusOr<LeadChange> {
    LeadChange change = ChangeOf<v1::DisqualifyLeadResponse>(call);
    change.apply = [&call,
                    occasion = OccasionOf(ports, call.context(), call.request())](Lead& lead) {
      return Disqualify(lead, static_cast<DisqualifyReason>(call.request().reason()),
                        call.request().note(), DefaultPolicy(), occasion);
    };
    return change;
  });
}

void ReopenLeads(const LeadPorts& ports,
                 Calls<v1::ReopenLeadRequest, v1::ReopenLeadResponse> calls) {
  serving::UpdateBatch(ports.leads, calls, [&](const auto& call) -> absl::StatusOr<LeadChange> {
    LeadChange change = ChangeOf<v1::ReopenLeadResponse>(call);
    change.apply = [&call, occasion = OccasionOf(ports, call.context(), call.request())](
                       Lead& lead) { return Reopen(lead, call.request().reason(), occasion); };
    return change;
  });
}

void ConvertLeads(const LeadPorts& ports,
                  Calls<v1::ConvertLeadRequest, v1::ConvertLeadResponse> calls) {
  std::vector<ConversionCall> conversions(calls.size());
  std::vector<ConversionCall*> pointers;
  pointers.reserve(calls.size());
  for (size_t i = 0; i < calls.size(); ++i) {
    const auto& call = *calls[i];
    ConversionCall& conversion = conversions[i];
    conversion.lead = KeyOf(call.context(), call.request().name());
    conversion.etag = call.request().etag();
    conversion.request = *serving::RequestOf(call.context(), call.request());
    conversion.plan = PlanFrom(call.request());
    conversion.occasion = OccasionOf(ports, call.context(), call.request());
    conversion.deadline = call.context().deadline;
    pointers.push_back(&conversion);
  }
  ports.conversions.Convert(pointers);
  for (size_t i = 0; i < calls.size(); ++i) {
    if (conversions[i].outcome.ok()) {
      calls[i]->FinishSerialized(*conversions[i].outcome);
    } else {
      calls[i]->Finish(conversions[i].outcome.status());
    }
  }
}

}  // namespace crm::lead
