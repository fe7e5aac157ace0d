#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/base/steady_clock.h"
#include "common/rpc/resource_name.h"
#include "common/serving/page_bytes.h"
#include "services/lead/rpc/conversion_handlers.h"
#include "services/lead/rpc/conversion_proto.h"
#include "services/lead/rpc/lead_handlers.h"
#include "services/lead/rpc/lead_service.h"

namespace crm::lead {
namespace {

using GetCall = rpc::Call<v1::GetConversionRequest, v1::GetConversionResponse>;

// The calls of a batch that have no answer yet.
class Waiting {
 public:
  Waiting(const ConversionPorts& ports, absl::Span<GetCall* const> calls)
      : ports_(ports), calls_(calls.begin(), calls.end()) {}

  bool empty() const { return calls_.empty(); }

  // Answers those whose conversion goes on no more, or who wait no longer at `now`.
  void Look(base::SteadyTime now) {
    std::vector<ConversionQuestion> questions;
    base::Deadline deadline = base::Deadline::After(kLongestWait);
    for (const GetCall* call : calls_) {
      questions.push_back(ConversionAskedFor(call->context(), call->request().name()));
      deadline = std::min(deadline, call->context().deadline);
    }
    auto found = ports_.reads.Find(questions, deadline);
    std::vector<GetCall*> left;
    for (size_t i = 0; i < calls_.size(); ++i) {
      GetCall& call = *calls_[i];
      if (found[i].ok() && IsUnderWay(*found[i]) && GoesOn(call, now)) {
        left.push_back(&call);
        continue;
      }
      if (found[i].ok()) ToProto(*found[i], *call.response().mutable_conversion());
      call.Finish(found[i].status());
    }
    calls_ = std::move(left);
  }

 private:
  bool GoesOn(const GetCall& call, base::SteadyTime now) const {
    if (!call.request().wait() || call.cancelled.load(std::memory_order_relaxed)) return false;
    const absl::Duration most =
        ports_.executor.Queued(kAwaitsConversions) > 0 ? kShortWait : kLongestWait;
    return now - start_ < most && call.context().deadline.time() - now > kSpareTime + kLook;
  }

  const ConversionPorts& ports_;
  const base::SteadyTime start_ = base::SteadyNow();
  std::vector<GetCall*> calls_;
};

}  // namespace

ConversionQuestion ConversionAskedFor(const rpc::CallContext& context, absl::string_view name) {
  const base::Uuid request = rpc::ParseName(name, kConversions).value_or(base::Uuid());
  return {context.tenant, request, ConversionIdOf(context.tenant, request)};
}

void GetConversions(const ConversionPorts& ports,
                    rpc::Calls<v1::GetConversionRequest, v1::GetConversionResponse> calls) {
  Waiting waiting(ports, calls);
  waiting.Look(base::SteadyNow());
  while (!waiting.empty()) {
    std::this_thread::sleep_for(absl::ToChronoMilliseconds(kLook));
    waiting.Look(base::SteadyNow());
  }
}

absl::Status ListConversions(const ConversionPorts& ports, const rpc::CallContext& context,
                             const v1::ListConversionsRequest& request,
                             v1::ListConversionsResponse& response) {
  const rpc::PageArguments bound{context.method, context.tenant,
                                 v1::ConversionState_Name(request.state())};
  CRM_ASSIGN_OR_RETURN(const auto after, RecordPositionOf(bound, request.page_token()));
  const int size = rpc::EffectivePageSize(request.page_size());
  CRM_ASSIGN_OR_RETURN(const auto found,
                       ports.reads.ListOpen(context.tenant, FromProto(request.state()), after,
                                            size + 1, context.deadline));
  const size_t shown = serving::FillPage(
      found, static_cast<size_t>(size), [&](const ConversionRecord& record) -> const auto& {
        auto& message = *response.add_conversions();
        ToProto(record, message);
        return message;
      });
  if (found.size() > shown) {
    const ConversionRecord& last = found[shown - 1];
    response.set_next_page_token(TokenAfter(bound, {last.create_time, last.id}));
  }
  return absl::OkStatus();
}

}  // namespace crm::lead
