#include <utility>
#include <vector>

#include "common/neighbours/claimed_leads.h"
#include "common/serving/batch_write.h"
#include "common/serving/changes.h"
#include "services/opportunity/domain/opportunity_attachment.h"
#include "services/opportunity/rpc/opportunity_handlers.h"

namespace crm::opportunity {
namespace {

using Attachment = rpc::Call<v1::AttachLeadRequest, v1::AttachLeadResponse>;

LeadFacts LeadFactsFrom(const v1::AttachLeadRequest& request) {
  return {FromProto(request.opportunity()), rpc::ParseName(request.organization(), "contacts")};
}

// Answers the calls as if they were carried out.
void TryAttachments(const Ports& ports, absl::Span<Attachment* const> calls) {
  std::vector<aggregate::Key> keys;
  base::Deadline deadline = base::Deadline::None();
  for (const Attachment* call : calls) {
    keys.push_back(serving::KeyOf(call->context(), call->request().name(), kOpportunities));
    deadline = std::min(deadline, call->context().deadline);
  }
  if (keys.empty()) return;
  std::vector<absl::StatusOr<Opportunity>> found = ports.opportunities.Get(keys, deadline);
  for (size_t i = 0; i < calls.size(); ++i) {
    absl::Status status = found[i].status();
    if (status.ok()) status = Attach(*found[i], LeadFactsFrom(calls[i]->request()));
    if (status.ok()) ToProto(*found[i], *calls[i]->response().mutable_opportunity());
    calls[i]->Finish(status);
  }
}

// Those whose leads are there.
void AttachKnown(const Ports& ports, absl::Span<Attachment* const> calls) {
  std::vector<Attachment*> tried;
  std::vector<Attachment*> made;
  for (Attachment* call : calls) {
    (call->request().validate_only() ? tried : made).push_back(call);
  }
  TryAttachments(ports, tried);
  serving::UpdateBatch(
      ports.opportunities, absl::Span<Attachment* const>(made),
      [](const Attachment& call) -> absl::StatusOr<aggregate::Change<Opportunity>> {
        auto change = serving::ChangeOf<Opportunity>(call, call.request(), kOpportunities);
        change.apply = [lead = LeadFactsFrom(call.request())](Opportunity& it) {
          return Attach(it, lead);
        };
        change.answer = OpportunityAnswer<v1::AttachLeadResponse>;
        return change;
      });
}

}  // namespace

void AttachLeads(const Ports& ports, Calls<v1::AttachLeadRequest, v1::AttachLeadResponse> calls) {
  neighbours::ProceedWithLeads(
      ports.leads, ports.reads, calls,
      [](const Attachment& call) {
        const v1::AttachLeadRequest& request = call.request();
        return ClaimOf(call.context(), request.opportunity(),
                       request.name().substr(kOpportunities.size() + 1));
      },
      [&ports](absl::Span<Attachment* const> known) { AttachKnown(ports, known); });
}

}  // namespace crm::opportunity
