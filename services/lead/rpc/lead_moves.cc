#include "common/serving/batch_write.h"
#include "services/lead/rpc/lead_handlers.h"

namespace crm::lead {

void QualifyLeads(const Ports& ports,
                  Calls<v1::QualifyLeadRequest, v1::QualifyLeadResponse> calls) {
  serving::UpdateBatch(
      ports.leads, calls, [&](const auto& call) -> absl::StatusOr<aggregate::Change<Lead>> {
        aggregate::Change<Lead> change = ChangeOf<v1::QualifyLeadResponse>(call);
        change.apply = [&call,
                        occasion = OccasionOf(ports, call.context(), call.request())](Lead& lead) {
          return Qualify(lead, DefaultPolicy(), call.request().override_reason(), occasion);
        };
        return change;
      });
}

void DisqualifyLeads(const Ports& ports,
                     Calls<v1::DisqualifyLeadRequest, v1::DisqualifyLeadResponse> calls) {
  serving::UpdateBatch(
      ports.leads, calls, [&](const auto& call) -> absl::StatusOr<aggregate::Change<Lead>> {
        aggregate::Change<Lead> change = ChangeOf<v1::DisqualifyLeadResponse>(call);
        change.apply = [&call,
                        occasion = OccasionOf(ports, call.context(), call.request())](Lead& lead) {
          return Disqualify(lead, FromProto(call.request().reason()), call.request().note(),
                            DefaultPolicy(), occasion);
        };
        return change;
      });
}

void ReopenLeads(const Ports& ports, Calls<v1::ReopenLeadRequest, v1::ReopenLeadResponse> calls) {
  serving::UpdateBatch(
      ports.leads, calls, [&](const auto& call) -> absl::StatusOr<aggregate::Change<Lead>> {
        aggregate::Change<Lead> change = ChangeOf<v1::ReopenLeadResponse>(call);
        change.apply = [&call, occasion = OccasionOf(ports, call.context(), call.request())](
                           Lead& lead) { return Reopen(lead, call.request().reason(), occasion); };
        return change;
      });
}

void ConvertLeads(const Ports& ports,
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
    conversion.plan = FromProto(call.request());
    conversion.occasion = OccasionOf(ports, call.context(), call.request());
    conversion.deadline = call.context().deadline;
    pointers.push_back(&conversion);
  }
  ports.conversions.Convert(pointers);
  for (size_t i = 0; i < calls.size(); ++i) {
    if (conversions[i].outcome.ok()) {
      calls[i]->FinishSerialized(*conversions[i].outcome, conversions[i].replayed);
    } else {
      calls[i]->Finish(conversions[i].outcome.status());
    }
  }
}

}  // namespace crm::lead
