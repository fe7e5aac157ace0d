#include "services/lead/clients/grpc_opportunity_opener.h"

#include <deque>
#include <utility>

#include "absl/synchronization/blocking_counter.h"
#include "common/error/error.h"
#include "common/rpc/channel.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"
#include "common/rpc/status_bridge.h"

namespace crm::lead {
namespace {

namespace pb = ::crm::opportunity::v1;
rpc::CallContext ContextOf(const OpportunityOrder& order) {
  rpc::CallContext context;
  context.tenant = order.tenant;
  if (!order.actor.empty()) context.actor = order.actor;
  context.traceparent = order.traceparent;
  context.deadline = order.deadline;
  return context;
}

void Fill(const OpportunityOrder& order, pb::OpenOpportunityRequest& request) {
  request.set_opportunity_id(order.opportunity.ToString());
  request.set_request_id(order.request_id.ToString());
  rpc::SetTime(order.effective_time, request.mutable_effective_time());
  pb::Opportunity& opportunity = *request.mutable_opportunity();
  opportunity.set_display_name(order.plan.display_name);
  opportunity.set_contact(rpc::FormatName("contacts", order.contact));
  opportunity.set_lead(LeadName(order.lead));
  opportunity.set_pipeline(order.plan.pipeline);
  opportunity.set_owner(order.plan.owner);
  if (order.plan.amount.has_value()) {
    opportunity.mutable_amount()->set_currency_code(order.plan.amount->currency);
    opportunity.mutable_amount()->set_amount_minor(order.plan.amount->minor);
  }
  if (order.plan.expected_close_date.has_value()) {
    rpc::SetDay(*order.plan.expected_close_date, opportunity.mutable_expected_close_date());
  }
  pb::ContactRole& role = *opportunity.add_contact_roles();
  role.set_contact(opportunity.contact());
  role.set_role(static_cast<type::v1::BuyingRole>(order.buying_role));
  role.set_primary(true);
  for (const std::string& interest : order.interests) opportunity.add_interests(interest);
  opportunity.mutable_attributes()->insert(order.attributes.begin(), order.attributes.end());
  for (const std::string& need : order.needs) opportunity.add_needs()->set_text(need);
  opportunity.set_external_id(order.external_id);
}

// What an asynchronous call needs until it is answered.
template <class Req, class Resp>
struct InFlight {
  std::unique_ptr<grpc::ClientContext> context;
  Req request;
  Resp response;
  grpc::Status status;
};

using Openings = std::deque<InFlight<pb::OpenOpportunityRequest, pb::OpenOpportunityResponse>>;
using Looks = std::deque<InFlight<pb::GetOpportunityRequest, pb::GetOpportunityResponse>>;

// Starts every call by `start(call, done)` and waits for all.
template <class Calls, class Start>
void RunAll(Calls& calls, const Start& start) {
  absl::BlockingCounter left(static_cast<int>(calls.size()));
  for (auto& call : calls) {
    start(call, [&call, &left](grpc::Status status) {
      call.status = std::move(status);
      left.DecrementCount();
    });
  }
  left.Wait();
}

std::string CauseOf(const absl::Status& status) {
  const std::string reason = error::ReasonOf(status);
  return reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
}

// Whether the service itself says so, and not a proxy before it.
bool IsItsWord(const absl::Status& status) { return !error::ReasonOf(status).empty(); }

Opening OpeningOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return Opening::kOpened;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kCancelled:
      return Opening::kUnknown;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kOutOfRange:
      // The time was fixed by our clock: theirs is behind and will catch up.
      if (error::ReasonOf(status) == error::kEffectiveTimeInvalid) return Opening::kFaulty;
      return IsItsWord(status) ? Opening::kRefused : Opening::kFaulty;
    default:
      return Opening::kFaulty;
  }
}

OpeningReply FoundReplyOf(const absl::Status& status, const pb::Opportunity& found,
                          const OpportunityOrder& order) {
  if (status.ok()) {
    const bool ours = found.lead() == LeadName(order.lead);
    return ours ? OpeningReply{Opening::kOpened, ""}
                : OpeningReply{Opening::kRefused, error::kDuplicateId};
  }
  OpeningReply reply = ReplyOf(status);
  // Only a plain "there is none" tells that; any other refusal of a mere look is a fault.
  if (reply.opening == Opening::kRefused && reply.reason != error::kResourceNotFound) {
    reply.opening = Opening::kFaulty;
  }
  return reply;
}

}  // namespace

OpeningReply ReplyOf(const absl::Status& status) {
  return {OpeningOf(status), status.ok() ? "" : CauseOf(status)};
}

GrpcOpportunityOpener::GrpcOpportunityOpener(const std::shared_ptr<grpc::Channel>& channel)
    : stub_(pb::OpportunityService::NewStub(channel)) {}

GrpcOpportunityOpener::GrpcOpportunityOpener(
    std::unique_ptr<pb::OpportunityService::StubInterface> stub)
    : stub_(std::move(stub)) {}

void GrpcOpportunityOpener::Open(absl::Span<const OpportunityOrder> orders,
                                 absl::Span<OpeningReply> replies) {
  Openings openings(orders.size());
  for (size_t i = 0; i < orders.size(); ++i) {
    openings[i].context = rpc::ClientContextFor(ContextOf(orders[i]));
    Fill(orders[i], openings[i].request);
  }
  RunAll(openings, [this](auto& call, auto done) {
    stub_->async()->OpenOpportunity(call.context.get(), &call.request, &call.response, done);
  });
  for (size_t i = 0; i < orders.size(); ++i) {
    replies[i] = ReplyOf(rpc::FromGrpcStatus(openings[i].status));
  }
}

void GrpcOpportunityOpener::Find(absl::Span<const OpportunityOrder> orders,
                                 absl::Span<OpeningReply> replies) {
  Looks looks(orders.size());
  for (size_t i = 0; i < orders.size(); ++i) {
    looks[i].context = rpc::ClientContextFor(ContextOf(orders[i]));
    looks[i].request.set_name(OpportunityName(orders[i].opportunity));
  }
  RunAll(looks, [this](auto& call, auto done) {
    stub_->async()->GetOpportunity(call.context.get(), &call.request, &call.response, done);
  });
  for (size_t i = 0; i < orders.size(); ++i) {
    replies[i] = FoundReplyOf(rpc::FromGrpcStatus(looks[i].status), looks[i].response.opportunity(),
                              orders[i]);
  }
}

}  // namespace crm::lead
