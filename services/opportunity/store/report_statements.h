#pragma once

#include "common/pg/statement.h"

// What reports read, in pieces of a few thousand opportunities by ranges and lists of their keys.
namespace crm::opportunity::statements {

inline constexpr pg::Statement kReportGround{"report_ground",
                                             "SELECT last_seq FROM event_stream WHERE stream = 0"};

inline constexpr pg::Statement kReportPipelines{
    "report_pipelines",
    "SELECT tenant, id, revision, create_time, update_time, slug, archive_time, definition "
    "FROM pipeline WHERE tenant = $1::text ORDER BY create_time, id"};

// The next $3 opportunities behind $2 that were made by $4; with $5, since then; with $6, written
// since then; with $7, that may have been open then.
inline constexpr pg::Statement kReportDeals{
    "report_deals",
    "SELECT id, revision, update_time, display_name, owner, amount_currency, amount_minor, "
    "expected_close_date, pipeline, stage, stage_type, stage_version, probability, "
    "forecast_category, loss_reason, open_time, close_time, stage_enter_time, next_step, "
    "next_step_due, attributes, delete_time FROM opportunity "
    "WHERE tenant = $1::text AND id > $2::uuid AND create_time <= $4::timestamptz "
    "AND ($5::timestamptz IS NULL OR create_time >= $5::timestamptz) "
    "AND ($6::timestamptz IS NULL OR update_time >= $6::timestamptz) "
    "AND ($7::timestamptz IS NULL OR close_time IS NULL OR update_time > $7::timestamptz) "
    "ORDER BY id LIMIT $3::bigint"};

// The writes of these opportunities after $3, the latest first.
inline constexpr pg::Statement kReportRevisions{
    "report_revisions",
    "SELECT id, revision, previous_time, changes FROM revision WHERE tenant = $1::text "
    "AND id = ANY ($2::uuid[]) AND record_time > $3::timestamptz ORDER BY id, revision DESC"};

inline constexpr pg::Statement kReportChanges{
    "report_changes",
    "SELECT aggregate, version, from_stage, from_type, to_stage, to_type, effective_time, "
    "recorded_time, reason, array_to_string(gates, E'\\x1f'), currency, amount_minor, probability, "
    "forecast_category, change_kind, to_pipeline, coalesce(to_stage_key, to_stage), to_name, owner "
    "FROM stage_history WHERE tenant = $1::text AND aggregate = ANY ($2::uuid[]) "
    "ORDER BY aggregate, version"};

inline constexpr pg::Statement kReportCorrections{
    "report_corrections",
    "SELECT aggregate, version, corrects_version, stage, stage_type, stage_key, stage_name, "
    "probability, forecast_category, superseded_effective, enter_time_before, enter_time "
    "FROM stage_correction WHERE tenant = $1::text AND aggregate = ANY ($2::uuid[])"};

}  // namespace crm::opportunity::statements
