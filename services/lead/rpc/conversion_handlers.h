#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/rpc/call.h"
#include "crm/lead/v1/conversion_service.pb.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "services/lead/rpc/lead_ports.h"

namespace crm::lead {

// How long a call that waits for a conversion waits at most; with others behind it in the lane,
// kShortWait. It looks every kLook. So that its caller still gets the answer, it stops kSpareTime
// before the deadline.
inline constexpr absl::Duration kLongestWait = absl::Seconds(5);
inline constexpr absl::Duration kShortWait = absl::Milliseconds(250);
inline constexpr absl::Duration kLook = absl::Milliseconds(100);
inline constexpr absl::Duration kSpareTime = absl::Milliseconds(200);

// The caller's conversion with this name, "conversions/{uuid}".
ConversionQuestion ConversionAskedFor(const rpc::CallContext& context, absl::string_view name);

// How a conversion is to begin.
struct ConversionStart {
  std::string etag;  // that of the request or its plan_token; empty: any
  ConversionPlan plan;
};

// What a ConvertLead asks for. If it has a plan_token or an opportunity to attach to, and has not
// begun, the neighbours are asked: ABORTED PLAN_MOVED if what the token rests on is not as it was;
// what AttachLead would be refused with (NOT_FOUND, FAILED_PRECONDITION); FAILED_PRECONDITION
// REFERENCE_NOT_FOUND if the contact to attach is not there; their errors and MarksIn's.
absl::StatusOr<ConversionStart> StartAskedFor(const Ports& ports, const rpc::CallContext& context,
                                              const v1::ConvertLeadRequest& request);

// Asks the neighbours.
absl::Status PreviewConversion(const ConversionPorts& ports, const rpc::CallContext& context,
                               const v1::PreviewConversionRequest& request,
                               v1::PreviewConversionResponse& response);

// Looks at all conversions asked for by one statement, again and again as long as a call waits. In
// between no connection of the pool is held, but the worker is: for a lane of its own.
void GetConversions(const ConversionPorts& ports,
                    rpc::Calls<v1::GetConversionRequest, v1::GetConversionResponse> calls);
absl::Status ListConversions(const ConversionPorts& ports, const rpc::CallContext& context,
                             const v1::ListConversionsRequest& request,
                             v1::ListConversionsResponse& response);
absl::Status RetryConversion(const ConversionPorts& ports, const rpc::CallContext& context,
                             const v1::RetryConversionRequest& request,
                             v1::RetryConversionResponse& response);
absl::Status AbandonConversion(const ConversionPorts& ports, const rpc::CallContext& context,
                               const v1::AbandonConversionRequest& request,
                               v1::AbandonConversionResponse& response);

}  // namespace crm::lead
