#include "common/serving/changes.h"
#include "services/lead/rpc/lead_handlers.h"

namespace crm::lead {

void QualifyLeads(const Ports& ports,
                  Calls<v1::QualifyLeadRequest, v1::QualifyLeadResponse> calls) {
  serving::AnswerMoves(ports.leads, kLeads, ports, calls, LeadAnswer<v1::QualifyLeadResponse>,
                       [](Lead& lead, const auto& request, const Occasion& occasion) {
                         return Qualify(lead, DefaultPolicy(), request.override_reason(), occasion);
                       });
}

void DisqualifyLeads(const Ports& ports,
                     Calls<v1::DisqualifyLeadRequest, v1::DisqualifyLeadResponse> calls) {
  serving::AnswerMoves(ports.leads, kLeads, ports, calls, LeadAnswer<v1::DisqualifyLeadResponse>,
                       [](Lead& lead, const auto& request, const Occasion& occasion) {
                         return Disqualify(lead, FromProto(request.reason()), request.note(),
                                           DefaultPolicy(), occasion);
                       });
}

void ReopenLeads(const Ports& ports, Calls<v1::ReopenLeadRequest, v1::ReopenLeadResponse> calls) {
  serving::AnswerMoves(ports.leads, kLeads, ports, calls, LeadAnswer<v1::ReopenLeadResponse>,
                       [](Lead& lead, const auto& request, const Occasion& occasion) {
                         return Reopen(lead, request.reason(), occasion);
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
    conversion.lead = serving::KeyOf(call.context(), call.request().name(), kLeads);
    conversion.etag = call.request().etag();
    conversion.request = *serving::RequestOf(call.context(), call.request());
    conversion.plan = FromProto(call.request());
    conversion.occasion = serving::OccasionOf(ports, call.context(), call.request());
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
