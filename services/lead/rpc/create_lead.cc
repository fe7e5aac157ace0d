#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/serving/batch_write.h"
#include "services/lead/rpc/lead_writes.h"

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
void FinishUnconfirmed(const LeadPorts& ports, Call& call, const absl::Status& finding) {
  if (const auto request = serving::RequestOf(call.context(), call.request())) {
    const auto first =
        ports.reader.FirstAnswer(call.context().tenant, *request, call.context().deadline);
    if (!first.ok()) return call.Finish(first.status());
    if (first->has_value()) return call.FinishSerialized(**first);
  }
  call.Finish(finding.code() == absl::StatusCode::kNotFound
                  ? UnknownContact(call.request().lead().contact())
                  : finding);
}

// The calls whose contacts exist; the others are answered.
std::vector<Call*> WithConfirmedContact(const LeadPorts& ports, absl::Span<Call* const> calls) {
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

absl::StatusOr<Lead> NewLead(const LeadPorts& ports, const Call& call) {
  const v1::CreateLeadRequest& request = call.request();
  Lead lead;
  lead.tenant = call.context().tenant;
  lead.id = request.lead_id().empty() ? ports.ids.New() : *base::Uuid::Parse(request.lead_id());
  lead.contact = *rpc::ParseName(request.lead().contact(), "contacts");
  for (const char* field : kSettableFields) SetField(request.lead(), field, lead);
  Occasion occasion = OccasionOf(ports, call.context(), request);
  CRM_RETURN_IF_ERROR(Open(lead, occasion));
  if (request.has_first_activity()) {
    Activity activity = ActivityFrom(request.first_activity(), occasion.now);
    activity.id = ports.ids.New();
    activity.actor = call.context().actor;
    activity.record_time = occasion.now;
    occasion.event_id = ports.ids.New();
    CRM_RETURN_IF_ERROR(LogActivity(lead, activity, occasion, "first_activity"));
  }
  return lead;
}

}  // namespace

void CreateLeads(const LeadPorts& ports, absl::Span<Call* const> calls) {
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

}  // namespace crm::lead
