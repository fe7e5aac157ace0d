#pragma once

#include "common/pg/micros.h"
#include "common/pg/packed_columns.h"
#include "common/pg/packed_ids.h"
#include "common/pg/statement.h"

// What reports read, in pieces of a few thousand opportunities: those of a range of ids, or those
// of a list. Stage history is read from its primary key alone (0014), in order, and packed: a row
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
  "SELECT id, revision, " CRM_MICROS("update_time") ", CASE WHEN $7::boolean THEN display_name " \
  "ELSE '' END, owner, amount_currency, "                                                        \
  "amount_minor, expected_close_date, pipeline, stage, stage_type, stage_version, "              \
  "probability, forecast_category, loss_reason, " CRM_MICROS("open_time") ", "                   \
  CRM_MICROS("close_time") ", " CRM_MICROS("stage_enter_time") ", "                              \
  "CASE WHEN $7::boolean THEN next_step ELSE '' END, "                                           \
  "CASE WHEN $7::boolean THEN next_step_due END, CASE WHEN $8::boolean THEN attributes END, "    \
  CRM_MICROS("delete_time") ", CASE WHEN $7::boolean THEN lead_source END FROM opportunity "     \
  "WHERE tenant = $1::text AND create_time <= $3::timestamptz "                                  \
  "AND ($4::timestamptz IS NULL OR update_time >= $4::timestamptz) "                             \
  "AND ($5::timestamptz IS NULL OR close_time IS NULL OR update_time > $5::timestamptz) "        \
  "AND ($6::timestamptz IS NULL OR open_time <= $6::timestamptz) "

// The opportunities behind $2 up to $9 that were made by $3; with $4, written since then; with $5,
// that may have been open then; with $6, opened by then, as known now. With $7 also what only
// DealNeeds::Facts::kAll has, attributes only with $8.
inline constexpr pg::Statement kReportDeals{"report_deals", CRM_DEAL_COLUMNS
                                            "AND id > $2::uuid AND id <= $9::uuid "
                                            "ORDER BY id"};

// The same of the list $2.
inline constexpr pg::Statement kReportListedDeals{
    "report_listed_deals", CRM_DEAL_COLUMNS "AND id = ANY ($2::uuid[]) ORDER BY id"};

#undef CRM_DEAL_COLUMNS

// The writes of the opportunities $2 after $3, the latest first. Which they are is read from the
// primary key alone (0011).
inline constexpr pg::Statement kReportRevisions{
    "report_revisions",
    "SELECT r.id, r.revision, r.previous_time, r.changes FROM (SELECT id, revision FROM revision "
    "WHERE tenant = $1::text AND id = ANY ($2::uuid[]) AND record_time > $3::timestamptz OFFSET 0) "
    "AS k JOIN revision r ON r.tenant = $1::text AND r.id = k.id AND r.revision = k.revision "
    "ORDER BY r.id, r.revision DESC"};
// Of these only those that changed the expected close date, which have an index of their own
// (0014).
inline constexpr pg::Statement kReportDateRevisions{
    "report_date_revisions",
    "SELECT id, revision, previous_time, changes FROM revision WHERE tenant = $1::text "
    "AND id = ANY ($2::uuid[]) AND record_time > $3::timestamptz "
    "AND strpos(changes, '\"expected_close_date\"') > 0 ORDER BY id, revision DESC"};

// The writes of the opportunities $2 from the times $3, one for each, until $4, in order.
inline constexpr pg::Statement kReportRevisionsBetween{
    "report_revisions_between",
    "SELECT r.id, r.revision, r.record_time, r.changes FROM (SELECT w.id, v.revision FROM "
    "(SELECT unnest($2::uuid[]) AS id, unnest($3::timestamptz[]) AS since) AS w, "
    "LATERAL (SELECT revision FROM revision WHERE tenant = $1::text AND id = w.id "
    "AND record_time >= w.since AND record_time <= $4::timestamptz OFFSET 0) AS v OFFSET 0) AS k "
    "JOIN revision r ON r.tenant = $1::text AND r.id = k.id AND r.revision = k.revision "
    "ORDER BY r.id, r.revision"};

// A row for each thing, as DealChanges reads it: id, the last version, and the columns of its
// changes, which takes half of what packing each change does. The order in which the inner select
// gives them is that of the index, and string_agg keeps it.
#define CRM_COLUMNS(more, more_read, things) \
  "SELECT aggregate, max(version), " CRM_PACKED_NUMBERS(CRM_MICROS("effective_time")) ", "              \
  CRM_PACKED_NUMBERS(CRM_MICROS("recorded_time")) ", " CRM_PACKED_WORDS("to_pipeline") ", "                    \
  CRM_PACKED_WORDS("to_stage") ", " CRM_PACKED_WORDS("to_type") more " FROM (SELECT aggregate, version, "      \
  "effective_time, recorded_time, to_pipeline, to_stage, to_type" more_read " FROM "             \
  "stage_history WHERE tenant = $1::text AND " things " ORDER BY aggregate, version) AS h "      \
  "GROUP BY aggregate ORDER BY aggregate"

#define CRM_RANGE "aggregate > $2::uuid AND aggregate <= $3::uuid"
#define CRM_LISTED "aggregate = ANY ($2::uuid[])"
#define CRM_STAYS(things) CRM_COLUMNS("", "", things)
#define CRM_WHOLE(things) \
  CRM_COLUMNS(", " CRM_PACKED_NUMBERS("int8send(coalesce(amount_minor, 0))") ", "                       \
              CRM_PACKED_WORDS("coalesce(currency, '')") ", "                                           \
              CRM_PACKED_NUMBERS("int4send(coalesce(probability, 0))") ", "                             \
              CRM_PACKED_TEXTS("owner") ", " CRM_PACKED_TEXTS("to_name") ", "                                  \
              CRM_PACKED_WORDS("coalesce(to_stage_key, to_stage)") ", "                                 \
              CRM_PACKED_WORDS("forecast_category") ", " CRM_PACKED_WORDS("reason") ", "                       \
              "string_agg(CASE WHEN overridden THEN 't' ELSE 'f' END, ''), " \
              CRM_PACKED_NUMBERS("coalesce(date_send(close_date), '\\x80000000')"),                      \
              ", amount_minor, currency, probability, owner, to_name, to_stage_key, "            \
              "forecast_category, reason, overridden, close_date", things)

// Stages and times of the changes of the things behind $2 up to $3, or of the list $2.
inline constexpr pg::Statement kReportStays{"report_stays", CRM_STAYS(CRM_RANGE)};
inline constexpr pg::Statement kReportListedStays{"report_listed_stays", CRM_STAYS(CRM_LISTED)};
// All that reports need of them.
inline constexpr pg::Statement kReportChanges{"report_changes", CRM_WHOLE(CRM_RANGE)};
inline constexpr pg::Statement kReportListedChanges{"report_listed_changes", CRM_WHOLE(CRM_LISTED)};

#undef CRM_WHOLE
#undef CRM_STAYS
#undef CRM_COLUMNS

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

// The things that `rows` tells of, each once and in order, in one value, and how many changes there
// are.
#define CRM_LISTED_THINGS(rows) \
  "SELECT " CRM_PACKED_IDS("id") ", coalesce(sum(changes), 0)::bigint FROM (SELECT id, "      \
  "sum(changes) AS changes FROM (" rows ") AS t GROUP BY id ORDER BY id) AS t"

// The things that are open now or were closed after $2, as recorded, and those of which a change
// was corrected; of those closed only what was made by $4 and, with $5, said to be opened by then.
// At most $3 closings and as many corrections. With $6, of the open ones those whose expected close
// date lies before it, or from $7 until $8, or that have none, if $9, or that have it, or are open,
// since after $2.
inline constexpr pg::Statement kReportOpenAt{
    "report_open_at",
    CRM_LISTED_THINGS("SELECT id, 0 AS changes FROM open_opportunity WHERE tenant = $1::text "
                      "AND ($6::date IS NULL OR due < $6::date OR since > $2::timestamptz "
                      "OR due >= $7::date AND due < $8::date "
                      "OR $9::boolean AND due = DATE '10000-01-01') "
                      "UNION ALL (SELECT id, 1 FROM closed_opportunity "
                      "WHERE tenant = $1::text AND record_time > $2::timestamptz "
                      "AND create_time <= $4::timestamptz "
                      "AND ($5::timestamptz IS NULL OR open_time <= $5::timestamptz) "
                      "LIMIT $3::bigint) UNION ALL (SELECT aggregate, 1 FROM stage_correction "
                      "WHERE tenant = $1::text LIMIT $3::bigint)")};

// The things with a stage change from $2 until $3, effective or recorded then; only openings ($4 is
// 'opened'), only closings ('closed') or wins ('won'), or any (''); corrections always, since they
// may change which it is. Of $5 changes, no more.
#define CRM_IN_TIME(time)                                                                \
  "WHERE tenant = $1::text AND " time " >= $2::timestamptz AND " time                    \
  " < $3::timestamptz AND ($4::text = '' OR change_kind = 'CORRECTED' "                  \
  "OR $4::text = 'opened' AND version = 1 OR $4::text = 'closed' AND to_type <> 'OPEN' " \
  "OR $4::text = 'won' AND to_type = 'WON') "
#define CRM_CHANGED_IN(time)                                                                \
  CRM_LISTED_THINGS("SELECT aggregate AS id, 1 AS changes FROM stage_history " CRM_IN_TIME( \
      time) "LIMIT $5::bigint")
// About how many changes these are: of every thousandth page, the same ones each time. Of few
// changes that is nothing.
#define CRM_SAMPLED_IN(time)                                                       \
  "SELECT count(*) * 1000 FROM stage_history TABLESAMPLE SYSTEM (0.1) REPEATABLE " \
  "(1) " CRM_IN_TIME(time)
inline constexpr pg::Statement kReportEffectiveSample{"report_effective_sample",
                                                      CRM_SAMPLED_IN("effective_time")};
inline constexpr pg::Statement kReportRecordedSample{"report_recorded_sample",
                                                     CRM_SAMPLED_IN("recorded_time")};
inline constexpr pg::Statement kReportEffectiveIn{"report_effective_in",
                                                  CRM_CHANGED_IN("effective_time")};
inline constexpr pg::Statement kReportRecordedIn{"report_recorded_in",
                                                 CRM_CHANGED_IN("recorded_time")};
#undef CRM_SAMPLED_IN
#undef CRM_CHANGED_IN
#undef CRM_IN_TIME
#undef CRM_LISTED_THINGS

}  // namespace crm::opportunity::statements
