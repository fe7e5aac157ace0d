#include "services/contact/rpc/merge_handlers.h"

#include <string>

#include "common/base/status.h"
#include "common/serving/batch_write.h"
#include "common/serving/requests.h"
#include "services/contact/domain/account.h"
#include "services/contact/rpc/contact_proto.h"

namespace crm::contact {
namespace {

base::Uuid IdIn(const std::string& name) {
  return rpc::ParseName(name, kContacts).value_or(base::Uuid());
}

template <class Req>
MergeOrder OrderOf(const rpc::CallContext& context, const Req& request) {
  MergeOrder order;
  order.tenant = context.tenant;
  order.survivor = IdIn(request.survivor());
  for (const std::string& other : request.others()) order.others.push_back(IdIn(other));
  for (const v1::MergeChoice& choice : request.choices()) {
    order.choices.push_back({choice.field(), IdIn(choice.contact())});
  }
  if constexpr (requires { request.plan_token(); }) order.plan_token = request.plan_token();
  return order;
}

template <class Req>
MergeCall CallOf(const MergePorts& ports, const rpc::CallContext& context, const Req& request) {
  return {serving::OccasionOf(ports, context, request), serving::AuthorOf(context),
          serving::RequestOf(context, request), context.deadline};
}

template <class CallType>
void Answer(const absl::StatusOr<idempotency::OnceAnswer>& answer, CallType& call) {
  if (answer.ok()) {
    call.FinishSerialized(answer->bytes, answer->replayed);
  } else {
    call.Finish(answer.status());
  }
}

void ToProto(const FieldOrigin& origin, v1::MergedField& field) {
  field.set_field(origin.field);
  field.set_contact(ContactName(origin.contact));
  field.set_value(origin.value);
  for (const auto& [contact, value] : origin.alternatives) {
    v1::MergeAlternative& alternative = *field.add_alternatives();
    alternative.set_contact(ContactName(contact));
    alternative.set_value(value);
  }
}

void ToProto(const MergeReferences& from, v1::MergeReferences& references) {
  references.set_contact(ContactName(from.contact));
  references.set_live_leads(from.live.leads);
  references.set_live_opportunities(from.live.opportunities);
  references.set_wins(from.wins);
  if (from.account) references.set_account(AccountName(*from.account));
  references.set_employments(from.employments);
  references.set_merged_contacts(from.merged_contacts);
}

std::string MergeAnswer(const Contact& survivor) {
  v1::MergeContactsResponse response;
  ToProto(survivor, *response.mutable_contact());
  return response.SerializeAsString();
}

std::string UnmergeAnswer(const Unmerged& unmerged) {
  v1::UnmergeContactResponse response;
  ToProto(unmerged.contact, *response.mutable_contact());
  ToProto(unmerged.survivor, *response.mutable_survivor());
  for (const NotRestored& one : unmerged.not_restored) {
    v1::NotRestored& field = *response.add_not_restored();
    field.set_field(one.field);
    field.set_contact(ContactName(one.keeper));
  }
  return response.SerializeAsString();
}

}  // namespace

absl::Status PreviewMerge(const MergePorts& ports, const rpc::CallContext& context,
                          const v1::PreviewMergeRequest& request,
                          v1::PreviewMergeResponse& response) {
  CRM_ASSIGN_OR_RETURN(
      const MergePreview preview,
      ports.merges.Preview(OrderOf(context, request), ports.clock.Now(), context.deadline));
  ToProto(preview.plan.result, *response.mutable_contact());
  for (const FieldOrigin& origin : preview.plan.origins) ToProto(origin, *response.add_fields());
  for (const MergeReferences& one : preview.references) ToProto(one, *response.add_references());
  response.set_plan_token(preview.plan_token);
  return absl::OkStatus();
}

void MergeContacts(const MergePorts& ports,
                   rpc::Calls<v1::MergeContactsRequest, v1::MergeContactsResponse> calls) {
  for (auto* const call : calls) {
    Answer(ports.merges.Merge(OrderOf(call->context(), call->request()),
                              CallOf(ports, call->context(), call->request()), MergeAnswer),
           *call);
  }
}

void UnmergeContacts(const MergePorts& ports,
                     rpc::Calls<v1::UnmergeContactRequest, v1::UnmergeContactResponse> calls) {
  for (auto* const call : calls) {
    Answer(ports.merges.Unmerge(call->context().tenant, IdIn(call->request().name()),
                                CallOf(ports, call->context(), call->request()), UnmergeAnswer),
           *call);
  }
}

}  // namespace crm::contact
