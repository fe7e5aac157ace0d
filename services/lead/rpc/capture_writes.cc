#include "common/serving/batch_write.h"
#include "common/serving/requests.h"
#include "services/lead/rpc/lead_handlers.h"

namespace crm::lead {
namespace {

ContactFacts FactsOf(const v1::CapturedContact& contact) {
  return {contact.display_name(), contact.email(), contact.phone(), contact.organization(),
          contact.domain()};
}

std::string CaptureAnswer(const Lead& lead, const Captured& captured) {
  static_assert(static_cast<int>(CaptureOutcome::kReopened) == v1::CAPTURE_OUTCOME_REOPENED);
  v1::CaptureLeadResponse response;
  ToProto(lead, *response.mutable_lead());
  response.set_outcome(static_cast<v1::CaptureOutcome>(static_cast<int>(captured.outcome)));
  response.set_contact_created(captured.contact_made);
  return response.SerializeAsString();
}

}  // namespace

void CaptureLeads(const Ports& ports,
                  Calls<v1::CaptureLeadRequest, v1::CaptureLeadResponse> calls) {
  for (auto* call : calls) {
    const v1::CaptureLeadRequest& request = call->request();
    const rpc::CallContext& context = call->context();
    const bool web = request.source() == type::v1::LEAD_SOURCE_UNSPECIFIED;
    const CaptureCall capture{
        {context.tenant, context.actor, context.traceparent, context.deadline},
        FactsOf(request.contact()),
        web ? LeadSource::kWeb : static_cast<LeadSource>(static_cast<int>(request.source())),
        request.source_detail(),
        request.interest(),
        request.note(),
        serving::RequestOf(context, request),
        serving::AuthorOf(context),
        serving::OccasionOf(ports, context, request),
        CaptureAnswer};
    const auto answer = ports.captures.Capture(capture);
    if (answer.ok()) {
      call->FinishSerialized(answer->bytes, answer->replayed);
    } else {
      call->Finish(answer.status());
    }
  }
}

}  // namespace crm::lead
