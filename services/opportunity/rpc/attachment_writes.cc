#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/neighbours/claimed_leads.h"
#include "common/serving/batch_write.h"
#include "common/serving/changes.h"
#include "services/opportunity/domain/opportunity_attachment.h"
#include "services/opportunity/rpc/opportunity_handlers.h"

namespace crm::opportunity {
namespace {

using Attachment = rpc::Call<v1::AttachLeadRequest, v1::AttachLeadResponse>;

// What was checked of the request; all else is ignored.
LeadFacts LeadFactsFrom(const v1::AttachLeadRequest& request) {
  const v1::Opportunity& given = request.opportunity();
  v1::Opportunity offered;
  offered.set_lead(given.lead());
  offered.set_contact(given.contact());
  offered.set_owner(given.owner());
  offered.set_external_id(given.external_id());
  if (given.has_amount()) *offered.mutable_amount() = given.amount();
  if (given.has_expected_close_date()) {
    *offered.mutable_expected_close_date() = given.expected_close_date();
  }
  *offered.mutable_needs() = given.needs();
  *offered.mutable_contact_roles() = given.contact_roles();
  *offered.mutable_interests() = given.interests();
  *offered.mutable_attributes() = given.attributes();
  offered.set_lead_source(given.lead_source());
  return {FromProto(offered), rpc::ParseName(request.organization(), "contacts")};
}

absl::Status TryAttaching(Opportunity& opportunity, const v1::AttachLeadRequest& request) {
  const std::string etag = absl::StrCat(opportunity.revision);
  if (!request.etag().empty() && request.etag() != etag) {
    return error::StaleEtag(NameOf(opportunity))
        .With("etag", request.etag())
        .With("currentEtag", etag);
  }
  return Attach(opportunity, LeadFactsFrom(request));
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
    if (status.ok()) status = TryAttaching(*found[i], calls[i]->request());
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
