#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "common/base/steady_clock.h"
#include "common/rpc/resource_name.h"
#include "common/serving/requests.h"
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

std::string PipelineOf(const v1::ConvertLeadRequest& request) {
  return request.pipeline().empty() ? kDefaultPipeline : request.pipeline();
}

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

absl::Status PreviewConversion(const ConversionPorts& ports, const rpc::CallContext& context,
                               const v1::PreviewConversionRequest& request,
                               v1::PreviewConversionResponse& response) {
  const v1::ConvertLeadRequest previewed = RequestPreviewed(request);
  const aggregate::Key key = serving::KeyOf(context, request.name(), kLeads);
  CRM_ASSIGN_OR_RETURN(const Lead lead, std::move(ports.leads.Get(absl::MakeConstSpan(&key, 1),
                                                                  context.deadline)[0]));
  CRM_ASSIGN_OR_RETURN(
      const ConversionFacts facts,
      ports.facts.Find(context.tenant, lead.contact, PipelineOf(previewed), context.deadline));
  ToProto(
      PreviewOf(lead, FromProto(previewed), facts, serving::OccasionOf(ports, context, previewed)),
      response);
  response.set_organization(facts.organization);
  response.set_plan_token(PlanTokenOf(context.tenant, previewed, MarksOf(lead, facts)));
  return absl::OkStatus();
}

absl::StatusOr<std::string> EtagAskedFor(const Ports& ports, const rpc::CallContext& context,
                                         const v1::ConvertLeadRequest& request) {
  if (request.plan_token().empty()) return request.etag();
  CRM_ASSIGN_OR_RETURN(const PlanMarks planned, MarksIn(context.tenant, request));
  const std::string etag = request.etag().empty() ? planned.lead : request.etag();
  const base::Uuid id = base::Uuid::Parse(request.request_id()).value_or(base::Uuid());
  const ConversionQuestion question{context.tenant, id, ConversionIdOf(context.tenant, id)};
  const absl::Status known =
      ports.conversion_reads.Find(absl::MakeConstSpan(&question, 1), context.deadline)[0].status();
  if (known.ok()) return etag;  // it has begun
  if (!absl::IsNotFound(known)) return known;
  const aggregate::Key key = serving::KeyOf(context, request.name(), kLeads);
  CRM_ASSIGN_OR_RETURN(const Lead lead, std::move(ports.leads.Get(absl::MakeConstSpan(&key, 1),
                                                                  context.deadline)[0]));
  CRM_ASSIGN_OR_RETURN(const ConversionFacts facts,
                       ports.conversion_facts.Find(context.tenant, lead.contact,
                                                   PipelineOf(request), context.deadline));
  const PlanMarks present = MarksOf(lead, facts);
  std::vector<std::string> moved;
  if (present.lead != planned.lead) moved.push_back("lead");
  if (present.contact != planned.contact) moved.push_back("contact");
  if (present.pipeline != planned.pipeline) moved.push_back("pipeline");
  if (!moved.empty()) return PlanMoved(absl::StrJoin(moved, ", "));
  return etag;
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
  const size_t shown = std::min(found.size(), static_cast<size_t>(size));
  for (size_t i = 0; i < shown; ++i) ToProto(found[i], *response.add_conversions());
  if (found.size() > shown) {
    const ConversionRecord& last = found[shown - 1];
    response.set_next_page_token(TokenAfter(bound, {last.create_time, last.id}));
  }
  return absl::OkStatus();
}

}  // namespace crm::lead
