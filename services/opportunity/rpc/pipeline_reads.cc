#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/serving/list_page.h"
#include "services/opportunity/rpc/pipeline_filters.h"
#include "services/opportunity/rpc/pipeline_handlers.h"
#include "services/opportunity/rpc/pipeline_proto.h"

namespace crm::opportunity {
namespace {

absl::StatusOr<Pipeline> Find(const Ports& ports, const rpc::CallContext& context,
                              const v1::GetPipelineRequest& request) {
  const PipelineKey key{context.tenant, SlugIn(request.name())};
  CRM_RETURN_IF_ERROR(
      ports.pipeline_reads.EnsureDefaults(absl::MakeConstSpan(&key.tenant, 1), context.deadline));
  if (request.revision() != 0) {
    return ports.pipeline_reads.AtRevision(key, request.revision(), context.deadline);
  }
  CRM_ASSIGN_OR_RETURN(const Definition present,
                       ports.pipeline_reads.Current(key, context.deadline));
  return *present;
}

}  // namespace

absl::Status GetPipeline(const Ports& ports, const rpc::CallContext& context,
                         const v1::GetPipelineRequest& request, v1::GetPipelineResponse& response) {
  CRM_ASSIGN_OR_RETURN(const Pipeline pipeline, Find(ports, context, request));
  ToProto(pipeline, *response.mutable_pipeline());
  return absl::OkStatus();
}

absl::Status ListPipelines(const Ports& ports, const rpc::CallContext& context,
                           const v1::ListPipelinesRequest& request,
                           v1::ListPipelinesResponse& response) {
  CRM_RETURN_IF_ERROR(ports.pipeline_reads.EnsureDefaults(absl::MakeConstSpan(&context.tenant, 1),
                                                          context.deadline));
  return serving::AnswerList<Pipeline>(
      context, request, response, PipelineFields(), listing::kCreateTimeOrder<Pipeline>,
      [&](const listing::Query& query) {
        return ports.pipeline_reads.List(query, context.deadline);
      },
      [&](const Pipeline& it) -> const v1::Pipeline& {
        v1::Pipeline& message = *response.add_pipelines();
        ToProto(it, message);
        return message;
      });
}

}  // namespace crm::opportunity
