#include "common/base/status.h"
#include "common/error/error.h"
#include "services/lead/rpc/conversion_handlers.h"
#include "services/lead/rpc/conversion_proto.h"

namespace crm::lead {
namespace {

absl::StatusOr<ConversionRecord> FindOne(const ConversionPorts& ports,
                                         const ConversionQuestion& question,
                                         base::Deadline deadline) {
  return std::move(ports.reads.Find(absl::MakeConstSpan(&question, 1), deadline)[0]);
}

bool IsDone(const ConversionRecord& record, bool give_up) {
  if (give_up && record.state == ConversionState::kCompensated) return true;
  return record.state == ConversionState::kStarted && record.given_up == give_up;
}

// Has a conversion that needs attention tried anew or given up. One that already is so stays as it
// is; the request is therefore idempotent.
absl::Status Decide(const ConversionPorts& ports, const rpc::CallContext& context,
                    const std::string& name, bool give_up, v1::Conversion& answer) {
  const ConversionQuestion question = ConversionAskedFor(context, name);
  // The id follows from the tenant, so it is none of another one's.
  CRM_RETURN_IF_ERROR(ports.store
                          .Resume(absl::MakeConstSpan(&question.conversion, 1), give_up,
                                  ports.clock.Now(), context.deadline)
                          .status());
  CRM_ASSIGN_OR_RETURN(const ConversionRecord record, FindOne(ports, question, context.deadline));
  if (!IsDone(record, give_up)) {
    return error::StateInvalid(name, NameOf(kConversionStateNames, record.state),
                               "Only a conversion that needs attention can be tried again or "
                               "abandoned.");
  }
  ToProto(record, answer);
  return absl::OkStatus();
}

}  // namespace

absl::Status RetryConversion(const ConversionPorts& ports, const rpc::CallContext& context,
                             const v1::RetryConversionRequest& request,
                             v1::RetryConversionResponse& response) {
  return Decide(ports, context, request.name(), /*give_up=*/false, *response.mutable_conversion());
}

absl::Status AbandonConversion(const ConversionPorts& ports, const rpc::CallContext& context,
                               const v1::AbandonConversionRequest& request,
                               v1::AbandonConversionResponse& response) {
  return Decide(ports, context, request.name(), /*give_up=*/true, *response.mutable_conversion());
}

}  // namespace crm::lead
