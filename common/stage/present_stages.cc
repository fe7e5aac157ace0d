#include "common/stage/present_stages.h"

#include <utility>

#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"

namespace crm::stage {
namespace {

// Versions have no holes, so the last move is the one without a successor: both are found by the
// primary key, in whose order they come. $1 tenant, $2 id, $3 limit.
#define CRM_PRESENT_STAGES(name, condition)                                                   \
  pg::Statement {                                                                             \
    name,                                                                                     \
        "SELECT h.tenant, h.aggregate, h.kind, h.version, h.to_stage, h.to_type, "            \
        "coalesce(h.to_stage_key, h.to_stage), h.to_pipeline, h.event_id, h.effective_time, " \
        "h.recorded_time FROM stage_history h WHERE " condition                               \
        " AND NOT EXISTS (SELECT FROM stage_history n WHERE n.tenant = h.tenant "             \
        "AND n.aggregate = h.aggregate AND n.version = h.version + 1) "                       \
        "ORDER BY h.tenant, h.aggregate LIMIT $3::bigint"                                     \
  }
constexpr pg::Statement kPresentStages =
    CRM_PRESENT_STAGES("stage_present", "(h.tenant, h.aggregate) > ($1::text, $2::uuid)");
constexpr pg::Statement kPresentStagesOf =
    CRM_PRESENT_STAGES("stage_present_of", "h.tenant = $1::text AND h.aggregate > $2::uuid");
#undef CRM_PRESENT_STAGES

absl::StatusOr<PresentStage> PresentStageOf(const pg::Row& row) {
  pg::RowReader read(row);
  PresentStage present;
  present.thing.tenant = read.Text(0);
  present.thing.id = read.Uuid(1);
  present.kind = read.Text(2);
  present.version = read.Int(3);
  present.stage = read.Text(4);
  present.stage_type = read.Text(5);
  present.stage_key = read.Text(6);
  present.pipeline = read.Text(7);
  present.event_id = read.Uuid(8);
  present.effective = read.Time(9);
  present.recorded = read.Time(10);
  return read.Checked(std::move(present), "stage_history");
}

}  // namespace

absl::StatusOr<std::vector<PresentStage>> ReadPresentStages(
    pg::Pool& pool, const std::optional<std::string>& tenant, const base::TenantKey& after,
    int limit, base::Deadline deadline) {
  const pg::Params params = pg::MakeParams(after.tenant, after.id, limit);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       tenant.has_value()
                           ? pool.Read(pg::Tenants(*tenant), kPresentStagesOf, params, deadline)
                           : pool.Read(pg::Tenants::All(), kPresentStages, params, deadline));
  std::vector<PresentStage> stages;
  stages.reserve(static_cast<size_t>(rows.size()));
  for (const pg::Row row : rows) {
    CRM_ASSIGN_OR_RETURN(PresentStage present, PresentStageOf(row));
    stages.push_back(std::move(present));
  }
  return stages;
}

}  // namespace crm::stage
