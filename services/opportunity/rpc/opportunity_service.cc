#include "services/opportunity/rpc/opportunity_service.h"

#include "common/rpc/batch_limits.h"
#include "crm/opportunity/v1/opportunity_service.grpc.pb.h"
#include "crm/opportunity/v1/pipeline_service.grpc.pb.h"
#include "crm/opportunity/v1/report_service.grpc.pb.h"
#include "services/opportunity/rpc/move_checks.h"
#include "services/opportunity/rpc/opportunity_checks.h"
#include "services/opportunity/rpc/opportunity_handlers.h"
#include "services/opportunity/rpc/pipeline_checks.h"
#include "services/opportunity/rpc/pipeline_handlers.h"
#include "services/opportunity/rpc/report_checks.h"
#include "services/opportunity/rpc/report_handlers.h"

namespace crm::opportunity {

using rpc::Lane;
namespace batch = rpc::batch;

constexpr Lane kAsksNeighbours = rpc::OwnLane(0);
constexpr Lane kReports = rpc::OwnLane(kNeighbourLanes);
// Each reads its source first, by a statement of its own.
constexpr size_t kClones = 4;

OpportunityService::OpportunityService(const rpc::Binding& binding, const Ports& ports)
    : Service(v1::OpportunityService::service_full_name(), binding, ports) {
  Batched("OpenOpportunity", kAsksNeighbours, batch::kWrites, Check, OpenOpportunities);
  Batched("AttachLead", kAsksNeighbours, batch::kWrites, Check, AttachLeads);
  Batched("GetOpportunity", Lane::kRead, batch::kGets, Check, GetOpportunities);
  Batched("BatchGetOpportunities", Lane::kRead, batch::kBatchGets, Check, BatchGetOpportunities);
  Single("ListOpportunities", Lane::kRead, Check, ListOpportunities);
  Batched("UpdateOpportunity", Lane::kWrite, batch::kWrites, Check, UpdateOpportunities);
  Batched("MoveOpportunity", Lane::kWrite, batch::kWrites, Check, MoveOpportunities);
  Batched("WinOpportunity", Lane::kWrite, batch::kWrites, Check, WinOpportunities);
  Batched("LoseOpportunity", Lane::kWrite, batch::kWrites, Check, LoseOpportunities);
  Batched("ReopenOpportunity", Lane::kWrite, batch::kWrites, Check, ReopenOpportunities);
  Batched("MoveToPipeline", Lane::kWrite, batch::kWrites, Check, MoveToPipelines);
  Batched("CloneOpportunity", Lane::kWrite, kClones, Check, CloneOpportunities);
  Batched("DeleteOpportunity", Lane::kWrite, batch::kWrites, Check, DeleteOpportunities);
  Batched("UndeleteOpportunity", Lane::kWrite, batch::kWrites, Check, UndeleteOpportunities);
  Batched("CheckMove", Lane::kRead, batch::kGets, Check, CheckMoves);
  Single("BatchMoveOpportunities", Lane::kWrite, Check, BatchMoveOpportunities);
  Single("CorrectStageChange", Lane::kWrite, Check, CorrectStageChange);
  Single("ListStageChanges", Lane::kRead, Check, ListStageChanges);
  Single("ListRevisions", Lane::kRead, Check, ListRevisions);
}

PipelineService::PipelineService(const rpc::Binding& binding, const Ports& ports)
    : Service(v1::PipelineService::service_full_name(), binding, ports) {
  Batched("CreatePipeline", Lane::kWrite, batch::kWrites, Check, CreatePipelines);
  Single("GetPipeline", Lane::kRead, Check, GetPipeline);
  Single("ListPipelines", Lane::kRead, Check, ListPipelines);
  Batched("UpdatePipeline", Lane::kWrite, batch::kWrites, Check, UpdatePipelines);
  Batched("ArchivePipeline", Lane::kWrite, batch::kWrites, Check, ArchivePipelines);
  Batched("UnarchivePipeline", Lane::kWrite, batch::kWrites, Check, UnarchivePipelines);
}

ReportService::ReportService(const rpc::Binding& binding, const ReportPorts& ports)
    : Service(v1::ReportService::service_full_name(), binding, ports) {
  Single("SummarizePipeline", kReports, Check, SummarizePipeline);
  Single("QueryFunnel", kReports, Check, QueryFunnel);
  Single("QueryTimeInStage", kReports, Check, QueryTimeInStage);
  Single("QueryWinRate", kReports, Check, QueryWinRate);
  Single("QueryFlow", kReports, Check, QueryFlow);
  Single("QuerySalesVelocity", kReports, Check, QuerySalesVelocity);
  Single("QueryForecast", kReports, Check, QueryForecast);
  Single("CompareForecasts", kReports, Check, CompareForecasts);
  Single("ListAtRisk", kReports, Check, ListAtRisk);
  Single("GetTimeline", Lane::kRead, Check, GetTimeline);
}

}  // namespace crm::opportunity
