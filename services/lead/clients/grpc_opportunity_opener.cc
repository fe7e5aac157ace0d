#include "services/lead/clients/grpc_opportunity_opener.h"

#include <deque>
#include <utility>

#include "absl/synchronization/blocking_counter.h"
#include "common/error/error.h"
#include "common/rpc/channel.h"
#include "common/rpc/status_bridge.h"
#include "services/lead/clients/grpc_opportunity_orders.h"

namespace crm::lead {
namespace {

namespace pb = ::crm::opportunity::v1;

// What an asynchronous call needs until it is answered.
template <class Req, class Resp>
struct InFlight {
  const OpportunityOrder* order;
  OpeningReply* reply;
  std::unique_ptr<grpc::ClientContext> context;
  Req request;
  Resp response;
  grpc::Status status;
};

using Openings = std::deque<InFlight<pb::OpenOpportunityRequest, pb::OpenOpportunityResponse>>;
using Attachments = std::deque<InFlight<pb::AttachLeadRequest, pb::AttachLeadResponse>>;
using Looks = std::deque<InFlight<pb::GetOpportunityRequest, pb::GetOpportunityResponse>>;

template <class Calls>
auto& Add(Calls& calls, const OpportunityOrder& order, OpeningReply& reply) {
  auto& call = calls.emplace_back();
  call.order = &order;
  call.reply = &reply;
  call.context = rpc::ClientContextFor(ContextOf(order));
  return call.request;
}

// Starts every call by `start(call, done)`, each of which counts `left` down.
template <class Calls, class Start>
void StartAll(Calls& calls, absl::BlockingCounter& left, const Start& start) {
  for (auto& call : calls) {
    start(call, [&call, &left](grpc::Status status) {
      call.status = std::move(status);
      left.DecrementCount();
    });
  }
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
  Openings openings;
  Attachments attachments;
  for (size_t i = 0; i < orders.size(); ++i) {
    if (orders[i].plan.opportunity) {
      Fill(orders[i], Add(attachments, orders[i], replies[i]));
    } else {
      Fill(orders[i], Add(openings, orders[i], replies[i]));
    }
  }
  absl::BlockingCounter left(static_cast<int>(orders.size()));
  StartAll(openings, left, [this](auto& call, auto done) {
    stub_->async()->OpenOpportunity(call.context.get(), &call.request, &call.response, done);
  });
  StartAll(attachments, left, [this](auto& call, auto done) {
    stub_->async()->AttachLead(call.context.get(), &call.request, &call.response, done);
  });
  left.Wait();
  const auto answer = [](auto& call) { *call.reply = ReplyOf(rpc::FromGrpcStatus(call.status)); };
  for (auto& call : openings) answer(call);
  for (auto& call : attachments) answer(call);
}

void GrpcOpportunityOpener::Find(absl::Span<const OpportunityOrder> orders,
                                 absl::Span<OpeningReply> replies) {
  Looks looks;
  for (size_t i = 0; i < orders.size(); ++i) {
    Add(looks, orders[i], replies[i]).set_name(OpportunityName(orders[i].opportunity));
  }
  absl::BlockingCounter left(static_cast<int>(orders.size()));
  StartAll(looks, left, [this](auto& call, auto done) {
    stub_->async()->GetOpportunity(call.context.get(), &call.request, &call.response, done);
  });
  left.Wait();
  for (const auto& look : looks) {
    *look.reply =
        FoundReplyOf(rpc::FromGrpcStatus(look.status), look.response.opportunity(), *look.order);
  }
}

}  // namespace crm::lead
