// Bytes of requests.

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/message_differencer.h>

#include <memory>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/text.h"
#include "common/rpc/message_text.h"
#include "common/rpc/request_hash.h"
#include "common/rpc/validation.h"
#include "crm/contact/v1/account_service.pb.h"
#include "crm/contact/v1/contact_service.pb.h"
#include "crm/event/v1/stage_event_reads.pb.h"
#include "crm/event/v1/stage_event_service.pb.h"
#include "crm/lead/v1/assignment_service.pb.h"
#include "crm/lead/v1/conversion_service.pb.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "crm/lead/v1/prediction_service.pb.h"
#include "crm/lead/v1/qualification_policy_service.pb.h"
#include "crm/lead/v1/report_service.pb.h"
#include "crm/opportunity/v1/opportunity_service.pb.h"
#include "crm/opportunity/v1/pipeline_service.pb.h"
#include "crm/opportunity/v1/report_service.pb.h"
#include "tests/fuzz/target.h"

namespace crm::fuzz {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::Message;
using google::protobuf::MessageFactory;

// One of the messages of each file, so that all are there to be found.
std::vector<const Descriptor*> SomeRequests() {
  return {contact::v1::CreateContactRequest::descriptor(),
          contact::v1::GetContactRequest::descriptor(),
          contact::v1::GetAccountRequest::descriptor(),
          event::v1::ListStageEventsRequest::descriptor(),
          event::v1::DigestStageEventsRequest::descriptor(),
          event::v1::ListPresentStagesRequest::descriptor(),
          lead::v1::CreateLeadRequest::descriptor(),
          lead::v1::GetLeadRequest::descriptor(),
          lead::v1::QualifyLeadRequest::descriptor(),
          lead::v1::GetConversionRequest::descriptor(),
          lead::v1::GetModelRequest::descriptor(),
          lead::v1::GetAssignmentRulesRequest::descriptor(),
          lead::v1::GetQualificationPolicyRequest::descriptor(),
          lead::v1::QueryLeadFunnelRequest::descriptor(),
          opportunity::v1::OpenOpportunityRequest::descriptor(),
          opportunity::v1::GetOpportunityRequest::descriptor(),
          opportunity::v1::MoveOpportunityRequest::descriptor(),
          opportunity::v1::GetPipelineRequest::descriptor(),
          opportunity::v1::QueryFunnelRequest::descriptor()};
}

const Descriptor* FindRequest(absl::string_view method) {
  for (const char* package : {"contact", "event", "lead", "opportunity"}) {
    const Descriptor* const found = DescriptorPool::generated_pool()->FindMessageTypeByName(
        absl::StrCat("crm.", package, ".v1.", method, "Request"));
    if (found != nullptr) return found;
  }
  return nullptr;
}

// What the method of this name takes.
const Descriptor* RequestOf(absl::string_view method) {
  static const bool all_found = absl::c_all_of(SomeRequests(), [](const Descriptor* request) {
    return FindRequest(absl::StripSuffix(request->name(), "Request")) == request;
  });
  Require(all_found, "a method's request is found by its name");
  return FindRequest(method);
}

std::unique_ptr<Message> NewMessage(const Descriptor* type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(type)->New());
}

bool Parse(absl::string_view bytes, Message* message, bool* suspicious) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return rpc::ParseMessage(grpc::ByteBuffer(&slice, 1), message, suspicious);
}

}  // namespace

// The first line names a method, the rest is the request on the wire.
void Request(absl::string_view input) {
  const Descriptor* const type = RequestOf(TakeLine(input));
  if (type == nullptr) return;
  const std::unique_ptr<Message> request = NewMessage(type);
  bool suspicious = false;
  if (!Parse(input, request.get(), &suspicious)) {
    const absl::Status status = rpc::UnparsableStatus(*request);
    Require(
        status.code() == absl::StatusCode::kInvalidArgument && base::IsValidUtf8(status.message()),
        "what is no request is INVALID_ARGUMENT");
    return;
  }
  const auto violations = rpc::TextViolations(*request);
  Require(suspicious || violations.empty(), "texts that were not suspected are sound");
  if (!violations.empty()) return;
  const std::unique_ptr<Message> again = NewMessage(type);
  Require(Parse(request->SerializeAsString(), again.get(), &suspicious),
          "a request can be sent on");
  Require(rpc::RequestHash("m", *again) == rpc::RequestHash("m", *request),
          "a request has one hash");
}

}  // namespace crm::fuzz
