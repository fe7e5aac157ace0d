#include <utility>
#include <vector>

#include "common/serving/changes.h"
#include "services/lead/domain/lead_deletion.h"
#include "services/lead/rpc/conversion_handlers.h"
#include "services/lead/rpc/lead_handlers.h"

namespace crm::lead {

namespace {

using ConvertCall = rpc::Call<v1::ConvertLeadRequest, v1::ConvertLeadResponse>;

// The calls, each as it is to begin.
void ConvertPlanned(const Ports& ports, absl::Span<ConvertCall* const> calls,
                    std::vector<ConversionStart> starts) {
  std::vector<ConversionCall> conversions(calls.size());
  std::vector<ConversionCall*> pointers;
  pointers.reserve(calls.size());
  for (size_t i = 0; i < calls.size(); ++i) {
    const auto& call = *calls[i];
    ConversionCall& conversion = conversions[i];
    conversion.lead = serving::KeyOf(call.context(), call.request().name(), kLeads);
    conversion.etag = std::move(starts[i].etag);
    conversion.request = *serving::RequestOf(call.context(), call.request());
    conversion.plan = std::move(starts[i].plan);
    conversion.occasion = serving::OccasionOf(ports, call.context(), call.request());
    conversion.deadline = call.context().deadline;
  }
  for (serving::BatchRounds rounds(serving::DeadlinesOf(calls)); !rounds.over(); rounds.Next()) {
    pointers.clear();
    for (const size_t i : rounds.members()) pointers.push_back(&conversions[i]);
    ports.conversions.Convert(pointers);
    for (const size_t i : rounds.members()) {
      const absl::StatusOr<std::string>& outcome = conversions[i].outcome;
      if (outcome.ok()) {
        calls[i]->FinishSerialized(*outcome, conversions[i].replayed);
      } else if (!rounds.GoesOn(i, outcome.status())) {
        calls[i]->Finish(outcome.status());
      }
    }
  }
}

}  // namespace

std::optional<absl::Time> TimeAskedFor(const v1::QualifyLeadRequest& request) {
  return EffectiveTimeOf(request);
}
std::optional<absl::Time> TimeAskedFor(const v1::DisqualifyLeadRequest& request) {
  return EffectiveTimeOf(request);
}

void QualifyLeads(const Ports& ports,
                  Calls<v1::QualifyLeadRequest, v1::QualifyLeadResponse> calls) {
  AnswerWithGrounds(ports, calls, [&](auto judged, const GroundsOf& grounds) {
    serving::AnswerMoves(ports.leads, kLeads, ports, judged, LeadAnswer<v1::QualifyLeadResponse>,
                         [&grounds](Lead& lead, const auto& request, const Occasion& occasion) {
                           return Qualify(lead, grounds.at(&request).basis(),
                                          request.override_reason(), occasion);
                         });
  });
}

void DisqualifyLeads(const Ports& ports,
                     Calls<v1::DisqualifyLeadRequest, v1::DisqualifyLeadResponse> calls) {
  AnswerWithGrounds(ports, calls, [&](auto judged, const GroundsOf& grounds) {
    serving::AnswerMoves(ports.leads, kLeads, ports, judged, LeadAnswer<v1::DisqualifyLeadResponse>,
                         [&grounds](Lead& lead, const auto& request, const Occasion& occasion) {
                           return Disqualify(lead, FromProto(request.reason()), request.note(),
                                             grounds.at(&request).basis(), occasion);
                         });
  });
}

void ReopenLeads(const Ports& ports, Calls<v1::ReopenLeadRequest, v1::ReopenLeadResponse> calls) {
  serving::AnswerMoves(ports.leads, kLeads, ports, calls, LeadAnswer<v1::ReopenLeadResponse>,
                       [](Lead& lead, const auto& request, const Occasion& occasion) {
                         return Reopen(lead, request.reason(), occasion);
                       });
}

void DeleteLeads(const Ports& ports, Calls<v1::DeleteLeadRequest, v1::DeleteLeadResponse> calls) {
  AnswerWithGrounds(ports, calls, [&](auto judged, const GroundsOf& grounds) {
    serving::AnswerMoves(ports.leads, kLeads, ports, judged, LeadAnswer<v1::DeleteLeadResponse>,
                         [&grounds](Lead& lead, const auto& request, const Occasion& occasion) {
                           return Delete(lead, grounds.at(&request).basis(), occasion);
                         });
  });
}

void UndeleteLeads(const Ports& ports,
                   Calls<v1::UndeleteLeadRequest, v1::UndeleteLeadResponse> calls) {
  serving::AnswerMoves(ports.leads, kLeads, ports, calls, LeadAnswer<v1::UndeleteLeadResponse>,
                       [](Lead& lead, const auto&, const Occasion&) { return Undelete(lead); });
}

void ConvertLeads(const Ports& ports, Calls<v1::ConvertLeadRequest, v1::ConvertLeadResponse> all) {
  std::vector<ConvertCall*> calls;
  std::vector<ConversionStart> starts;
  for (auto* const call : all) {
    absl::StatusOr<ConversionStart> start = StartAskedFor(ports, call->context(), call->request());
    if (!start.ok()) {
      call->Finish(start.status());
      continue;
    }
    calls.push_back(call);
    starts.push_back(*std::move(start));
  }
  ConvertPlanned(ports, calls, std::move(starts));
}

}  // namespace crm::lead
