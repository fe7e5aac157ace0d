#include "services/lead/rpc/conversion_proto.h"

#include "common/rpc/proto_values.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

void ToProto(const ConversionRecord& record, v1::Conversion& message) {
  message.set_name(ConversionResource(record.request_id));
  message.set_lead(LeadName(record.lead));
  message.set_opportunity(OpportunityName(record.opportunity));
  message.set_state(static_cast<v1::ConversionState>(record.state));
  message.set_abandoning(record.given_up && record.state == ConversionState::kStarted);
  message.set_retry_count(static_cast<int32_t>(record.attempt));
  message.set_last_error(record.last_error);
  if (record.state == ConversionState::kStarted) {
    rpc::SetTime(record.next_attempt, message.mutable_next_attempt_time());
  }
  rpc::SetTime(record.create_time, message.mutable_create_time());
  rpc::SetTime(record.update_time, message.mutable_update_time());
}

std::optional<ConversionState> FromProto(v1::ConversionState state) {
  if (state == v1::CONVERSION_STATE_UNSPECIFIED) return std::nullopt;
  return static_cast<ConversionState>(state);
}

}  // namespace crm::lead
