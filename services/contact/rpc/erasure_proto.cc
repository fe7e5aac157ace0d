#include "services/contact/rpc/erasure_proto.h"

#include "common/rpc/proto_values.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// Enums of domain and API are numbered alike.
static_assert(static_cast<int>(ErasureReason::kPersonRequest) == v1::ERASURE_REASON_PERSON_REQUEST);
static_assert(static_cast<int>(ErasureReason::kOther) == v1::ERASURE_REASON_OTHER);

void ToProto(const Erasure& erasure, v1::Erasure& message) {
  message.set_contact(ContactName(erasure.contact));
  for (const base::Uuid& id : erasure.merged) message.add_merged(ContactName(id));
  message.set_reason(static_cast<v1::ErasureReason>(erasure.reason));
  message.set_actor(erasure.actor);
  rpc::SetTime(erasure.erase_time, message.mutable_erase_time());
  if (erasure.done_time) rpc::SetTime(*erasure.done_time, message.mutable_complete_time());
  if (erasure.again_time) rpc::SetTime(*erasure.again_time, message.mutable_again_time());
  for (const ErasurePart& part : erasure.parts) {
    v1::ErasurePart& out = *message.add_parts();
    out.set_service(part.service);
    if (part.first_time) rpc::SetTime(*part.first_time, out.mutable_first_time());
    if (part.last_time) rpc::SetTime(*part.last_time, out.mutable_complete_time());
    for (const auto& [table, rows] : part.erased) {
      v1::ErasedRows& erased = *out.add_erased();
      erased.set_table(table);
      erased.set_rows(rows);
    }
  }
}

}  // namespace crm::contact
