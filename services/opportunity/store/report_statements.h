#pragma once

#include "common/pg/micros.h"
#include "common/pg/statement.h"

// What reports read, in pieces of a few thousand opportunities: those of a range of ids, or those
// of a list. Stage history is read from its primary key alone (0011), in order, and packed: a row
// for each thing, so that few are sent.
namespace crm::opportunity::statements {

inline constexpr pg::Statement kReportGround{"report_ground",
                                             "SELECT last_seq FROM event_stream ORDER BY stream"};

inline constexpr pg::Statement kReportPipelines{
    "report_pipelines",
    "SELECT tenant, id, revision, create_time, update_time, slug, archive_time, definition "
    "FROM pipeline WHERE tenant = $1::text ORDER BY create_time, id"};

// The id of the opportunity that is the $3th and one more behind $2.
inline constexpr pg::Statement kReportNextId{
    "report_next_id",
    "SELECT id FROM opportunity WHERE tenant = $1::text AND id > $2::uuid ORDER BY id "
    "OFFSET $3::bigint LIMIT 1"};

#define CRM_DEAL_COLUMNS \
  "SELECT id, revision, " CRM_MICROS("update_time") ", display_name, owner, amount_currency, " \
  "amount_minor, expected_close_date, pipeline, stage, stage_type, stage_version, "            \
  "probability, forecast_category, loss_reason, " CRM_MICROS("open_time") ", "                 \
  CRM_MICROS("close_time") ", " CRM_MICROS("stage_enter_time") ", next_step, next_step_due, "  \
  "CASE WHEN $7::boolean THEN attributes END, " CRM_MICROS("delete_time")                      \
  ", lead_source FROM opportunity "                                                            \
  "WHERE tenant = $1::text AND create_time <= $3::timestamptz "                                \
  "AND ($4::timestamptz IS NULL OR update_time >= $4::timestamptz) "                           \
  "AND ($5::timestamptz IS NULL OR close_time IS NULL OR update_time > $5::timestamptz) "      \
  "AND ($6::timestamptz IS NULL OR open_time <= $6::timestamptz) "

// The opportunities behind $2 up to $8 that were made by $3; with $4, written since then; with $5,
// that may have been open then; with $6, opened by then, as known now. Attributes only with $7.
inline constexpr pg::Statement kReportDeals{"report_deals", CRM_DEAL_COLUMNS
                                            "AND id > $2::uuid AND id <= $8::uuid "
                                            "ORDER BY id"};

// The same of the list $2.
inline constexpr pg::Statement kReportListedDeals{
    "report_listed_deals", CRM_DEAL_COLUMNS "AND id = ANY ($2::uuid[]) ORDER BY id"};

#undef CRM_DEAL_COLUMNS

// The writes of these opportunities after $3, the latest first. Which they are is read from the
// primary key alone (0011).
#define CRM_WRITES_AFTER                                                                           \
  "SELECT r.id, r.revision, r.previous_time, r.changes FROM (SELECT id, revision FROM revision "   \
  "WHERE tenant = $1::text AND id = ANY ($2::uuid[]) AND record_time > $3::timestamptz OFFSET 0) " \
  "AS k JOIN revision r ON r.tenant = $1::text AND r.id = k.id AND r.revision = k.revision "
#define CRM_LATEST_FIRST "ORDER BY r.id, r.revision DESC"
inline constexpr pg::Statement kReportRevisions{"report_revisions",
                                                CRM_WRITES_AFTER CRM_LATEST_FIRST};
// Of these only those that changed the expected close date.
inline constexpr pg::Statement kReportDateRevisions{
    "report_date_revisions",
    CRM_WRITES_AFTER "WHERE strpos(r.changes, '\"expected_close_date\"') > 0 " CRM_LATEST_FIRST};
#undef CRM_LATEST_FIRST
#undef CRM_WRITES_AFTER

// The writes of the opportunities $2 from the times $3, one for each, until $4, in order.
inline constexpr pg::Statement kReportRevisionsBetween{
    "report_revisions_between",
    "SELECT r.id, r.revision, r.record_time, r.changes FROM (SELECT w.id, v.revision FROM "
    "(SELECT unnest($2::uuid[]) AS id, unnest($3::timestamptz[]) AS since) AS w, "
    "LATERAL (SELECT revision FROM revision WHERE tenant = $1::text AND id = w.id "
    "AND record_time >= w.since AND record_time <= $4::timestamptz OFFSET 0) AS v OFFSET 0) AS k "
    "JOIN revision r ON r.tenant = $1::text AND r.id = k.id AND r.revision = k.revision "
    "ORDER BY r.id, r.revision"};

// The expected close dates that stage changes left: those of the things $2 with the versions $3.
inline constexpr pg::Statement kReportCloseDates{
    "report_close_dates",
    "SELECT h.aggregate, h.close_date FROM (SELECT unnest($2::uuid[]) AS id, "
    "unnest($3::bigint[]) AS version) AS k JOIN stage_history h "
    "ON h.tenant = $1::text AND h.aggregate = k.id AND h.version = k.version"};

// A change as DealChanges reads it: fields apart by \x1f, changes by \x1e. The first two are when
// it took effect and, unless that was then, how long after it was recorded. Before the texts that
// people wrote, owner and name of the stage, stands how many bytes they have; no separator follows
// them.
#define CRM_CHANGE_TIMES                                                                      \
  CRM_MICROS("effective_time")                                                                \
  " || CASE WHEN recorded_time = effective_time THEN E'\\x1f' ELSE E'\\x1f' || (" CRM_MICROS( \
      "recorded_time") " - " CRM_MICROS("effective_time") ") END || "
#define CRM_CHANGE_STAGES "to_pipeline || E'\\x1f' || to_stage || E'\\x1f' || to_type"

// A row for each thing: id, changes, the last version. The order in which the inner select gives
// them is that of the index, and string_agg keeps it.
#define CRM_PACKED(change, things)                                                       \
  "SELECT aggregate, string_agg(" change                                                 \
  ", E'\\x1e'), max(version) FROM (SELECT * FROM stage_history WHERE tenant = $1::text " \
  "AND " things " ORDER BY aggregate, version) AS h GROUP BY aggregate ORDER BY aggregate"

#define CRM_RANGE "aggregate > $2::uuid AND aggregate <= $3::uuid"
#define CRM_LISTED "aggregate = ANY ($2::uuid[])"
#define CRM_STAYS CRM_CHANGE_TIMES "E'\\x1f\\x1f\\x1f\\x1f\\x1f' || " CRM_CHANGE_STAGES
#define CRM_WHOLE                                                                               \
  CRM_CHANGE_TIMES                                                                              \
  "concat_ws(E'\\x1f', '', coalesce(amount_minor::text, ''), coalesce(probability::text, ''), " \
  "octet_length(owner), owner || octet_length(to_name), to_name || " CRM_CHANGE_STAGES          \
  ", coalesce(to_stage_key, to_stage), forecast_category, coalesce(currency, ''), reason, "     \
  "CASE WHEN overridden THEN 't' ELSE 'f' END)"

// Stages and times of the changes of the things behind $2 up to $3, or of the list $2.
inline constexpr pg::Statement kReportStays{"report_stays", CRM_PACKED(CRM_STAYS, CRM_RANGE)};
inline constexpr pg::Statement kReportListedStays{"report_listed_stays",
                                                  CRM_PACKED(CRM_STAYS, CRM_LISTED)};
// All that reports need of them.
inline constexpr pg::Statement kReportChanges{"report_changes", CRM_PACKED(CRM_WHOLE, CRM_RANGE)};
inline constexpr pg::Statement kReportListedChanges{"report_listed_changes",
                                                    CRM_PACKED(CRM_WHOLE, CRM_LISTED)};

#undef CRM_WHOLE
#undef CRM_STAYS
#undef CRM_PACKED
#undef CRM_CHANGE_STAGES
#undef CRM_CHANGE_TIMES

#define CRM_CORRECTIONS                                                                     \
  "SELECT aggregate, version, corrects_version, stage, stage_type, stage_key, stage_name, " \
  "probability, forecast_category, superseded_effective, enter_time_before, enter_time "    \
  "FROM stage_correction WHERE tenant = $1::text AND "
inline constexpr pg::Statement kReportCorrections{"report_corrections", CRM_CORRECTIONS CRM_RANGE};
inline constexpr pg::Statement kReportListedCorrections{"report_listed_corrections",
                                                        CRM_CORRECTIONS CRM_LISTED};
#undef CRM_CORRECTIONS
#undef CRM_LISTED
#undef CRM_RANGE

// Few.
inline constexpr pg::Statement kReportDeleted{
    "report_deleted",
    "SELECT id FROM opportunity WHERE tenant = $1::text AND delete_time IS NOT NULL"};

// The things that are open now or were closed after $2, as recorded, and those of which a change
// was corrected; of those closed only what was made by $4 and, with $5, said to be opened by then.
// At most $3 closings and as many corrections.
inline constexpr pg::Statement kReportOpenAt{
    "report_open_at",
    "SELECT id, sum(changes) FROM (SELECT id, 0 AS changes FROM open_opportunity "
    "WHERE tenant = $1::text UNION ALL (SELECT id, 1 FROM closed_opportunity "
    "WHERE tenant = $1::text AND record_time > $2::timestamptz "
    "AND create_time <= $4::timestamptz "
    "AND ($5::timestamptz IS NULL OR open_time <= $5::timestamptz) LIMIT $3::bigint) "
    "UNION ALL (SELECT aggregate, 1 FROM stage_correction WHERE tenant = $1::text "
    "LIMIT $3::bigint)) AS t GROUP BY id ORDER BY id"};

// The things with a stage change from $2 until $3, effective or recorded then, and how many each
// has; only openings ($4 is 'opened'), only closings ('closed'), or any (''); corrections always,
// since they may change which it is. Of $5 changes, no more.
#define CRM_CHANGED_IN(time)                                                              \
  "SELECT aggregate, count(*) FROM (SELECT aggregate FROM stage_history "                 \
  "WHERE tenant = $1::text AND " time " >= $2::timestamptz AND " time                     \
  " < $3::timestamptz AND ($4::text = '' OR change_kind = 'CORRECTED' "                   \
  "OR $4::text = 'opened' AND version = 1 OR $4::text = 'closed' AND to_type <> 'OPEN') " \
  "LIMIT $5::bigint) AS h GROUP BY aggregate ORDER BY aggregate"
inline constexpr pg::Statement kReportEffectiveIn{"report_effective_in",
                                                  CRM_CHANGED_IN("effective_time")};
inline constexpr pg::Statement kReportRecordedIn{"report_recorded_in",
                                                 CRM_CHANGED_IN("recorded_time")};
#undef CRM_CHANGED_IN

}  // namespace crm::opportunity::statements
