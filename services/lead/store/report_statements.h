#pragma once

#include "common/pg/micros.h"
#include "common/pg/packed_ids.h"
#include "common/pg/statement.h"

// What reports read, in pieces of some thousand leads, and what they know of sales.
namespace crm::lead {

// $1 consumer, $2 what keys of streams begin with: how far each partition of the own log goes, and
// how far each of the other service's was followed.
inline constexpr pg::Statement kReportGround{
    "report_ground",
    "SELECT true, stream::integer, last_seq FROM event_stream UNION ALL "
    "SELECT false, substr(stream, length($2::text) + 1)::integer, last_seq FROM consumer_inbox "
    "WHERE consumer = $1::text AND starts_with(stream, $2::text)"};

// $1 tenant. Verdicts only with $2, attributes only with $3, what was planned for conversions only
// with $4; what was made by $5. The second column is that by which a reading goes on.
#define CRM_STORIES(order) \
  "SELECT id, " order ", revision, " CRM_MICROS("update_time")                               \
  ", state, stage_version, owner, source, source_detail, CASE WHEN $3::boolean "             \
  "THEN attributes END, " CRM_MICROS("first_response_time")                                  \
  ", CASE WHEN $2::boolean THEN verdict END, qualification_overridden, disqualify_reason, "  \
  CRM_MICROS("delete_time")                                                                  \
  ", CASE WHEN $4::boolean AND state = 'CONVERTED' THEN conversion END, moves FROM lead "    \
  "WHERE tenant = $1::text AND create_time <= $5::timestamptz AND "

// The next $8 leads made from $6 on, behind the lead $7 of that time, and before $9.
inline constexpr pg::Statement kReportLeads{
    "report_leads",
    CRM_STORIES("create_time")
    "create_time >= $6::timestamptz AND (create_time > $6::timestamptz OR id > $7::uuid) "
    "AND create_time < $9::timestamptz "
    "ORDER BY create_time, id LIMIT $8::bigint"};

// The same by when they came in, as 0015_reports.sql indexes it.
#define CRM_CAME_IN "CASE WHEN open_time IS NULL THEN create_time ELSE open_time END"
inline constexpr pg::Statement kReportLeadsThatCameIn{
    "report_leads_that_came_in",
    CRM_STORIES(CRM_CAME_IN) "(" CRM_CAME_IN ") >= $6::timestamptz AND ((" CRM_CAME_IN
                             ") > $6::timestamptz "
                             "OR id > $7::uuid) AND (" CRM_CAME_IN
                             ") < $9::timestamptz "
                             "ORDER BY (" CRM_CAME_IN "), id LIMIT $8::bigint"};

// From when until when leads came in at all; NULL if there are none.
inline constexpr pg::Statement kReportLeadsSpan{
    "report_leads_span",
    "SELECT (SELECT " CRM_CAME_IN " FROM lead WHERE tenant = $1::text ORDER BY (" CRM_CAME_IN
    ") LIMIT 1), (SELECT " CRM_CAME_IN " FROM lead WHERE tenant = $1::text ORDER BY (" CRM_CAME_IN
    ") DESC LIMIT 1)"};
#undef CRM_CAME_IN

// The id of the lead that is the $3th and one more behind $2.
inline constexpr pg::Statement kReportNextLead{
    "report_next_lead",
    "SELECT id FROM lead WHERE tenant = $1::text AND id > $2::uuid ORDER BY id "
    "OFFSET $3::bigint LIMIT 1"};

// Those behind $6 up to $7; with $8 those written since.
inline constexpr pg::Statement kReportRangeOfLeads{
    "report_range_of_leads",
    CRM_STORIES("create_time")
    "id > $6::uuid AND id <= $7::uuid "
    "AND ($8::timestamptz IS NULL OR update_time >= $8::timestamptz) ORDER BY id"};

// Those of the list $6.
inline constexpr pg::Statement kReportListedLeads{
    "report_listed_leads", CRM_STORIES("create_time") "id = ANY ($6::uuid[]) ORDER BY id"};
#undef CRM_STORIES

// $1 tenant: the leads that were decided from $2 until $3, effective or recorded then, of at most
// $4 decisions, each once and in order, in one value; and how many decisions there are.
#define CRM_DECIDED_IN(time) \
  "SELECT " CRM_PACKED_IDS("id") ", coalesce(sum(decisions), 0)::bigint FROM (SELECT id, " \
  "count(*) AS decisions FROM (SELECT aggregate AS id FROM stage_history "                 \
  "WHERE tenant = $1::text AND " time " >= $2::timestamptz AND " time                      \
  " < $3::timestamptz AND to_stage IN ('QUALIFIED', 'DISQUALIFIED') LIMIT $4::bigint) "    \
  "AS h GROUP BY id ORDER BY id) AS t"
inline constexpr pg::Statement kReportDecidedIn{"report_decided_in",
                                                CRM_DECIDED_IN("effective_time")};
inline constexpr pg::Statement kReportRecordedDecidedIn{"report_recorded_decided_in",
                                                        CRM_DECIDED_IN("recorded_time")};
#undef CRM_DECIDED_IN

// $1 tenant, $2 leads: their moves, of those whose rows do not hold them all.
inline constexpr pg::Statement kReportMoves{
    "report_moves",
    "SELECT aggregate, version, to_stage, " CRM_MICROS("effective_time") ", "
    CRM_MICROS("recorded_time") ", owner FROM stage_history "
    "WHERE tenant = $1::text AND aggregate = ANY ($2::uuid[]) ORDER BY aggregate, version"};

// $1 tenant, $2 leads: their writes after $3, the latest first. Which they are is read from the
// primary key alone (0015).
inline constexpr pg::Statement kReportRevisions{
    "report_revisions",
    "SELECT r.id, r.revision, r.previous_time, r.changes FROM (SELECT id, revision FROM revision "
    "WHERE tenant = $1::text AND id = ANY ($2::uuid[]) AND record_time > $3::timestamptz OFFSET 0) "
    "AS k JOIN revision r ON r.tenant = $1::text AND r.id = k.id AND r.revision = k.revision "
    "ORDER BY r.id, r.revision DESC"};

// $1 tenant, $2 opportunities.
inline constexpr pg::Statement kReportSales{
    "report_sales",
    "SELECT opportunity, version, state, " CRM_MICROS("effective_time") ", "
    CRM_MICROS("recorded_time") ", corrects_version "
    "FROM sale_change WHERE tenant = $1::text AND opportunity = ANY ($2::uuid[]) "
    "ORDER BY opportunity, version"};

inline constexpr pg::Statement kKeepSales{
    "keep_sales",
    "INSERT INTO sale_change AS s (tenant, opportunity, version, sequence, state, effective_time, "
    "recorded_time, corrects_version) SELECT unnest($1::text[]), unnest($2::uuid[]), "
    "unnest($3::bigint[]), unnest($4::bigint[]), unnest($5::text[]), unnest($6::timestamptz[]), "
    "unnest($7::timestamptz[]), unnest($8::bigint[]) ON CONFLICT ON CONSTRAINT sale_change_pkey "
    "DO UPDATE SET sequence = excluded.sequence, state = excluded.state, "
    "effective_time = excluded.effective_time, recorded_time = excluded.recorded_time, "
    "corrects_version = excluded.corrects_version WHERE s.sequence < excluded.sequence"};

// $1 to $2 in the partition $3, of all tenants. A thing's partition is what 0007_partitions.sql of
// the events says; there are as many as the consumer $4 has positions for. Rare, and reads the
// whole table.
inline constexpr pg::Statement kForgetSales{
    "forget_sales",
    "DELETE FROM sale_change WHERE sequence BETWEEN $1::bigint AND $2::bigint AND (SELECT "
    "get_byte(h, 0) * 256 + get_byte(h, 1) FROM sha256(convert_to(tenant, 'UTF8') || "
    "decode('00', 'hex') || uuid_send(opportunity)) AS h) % (SELECT greatest(count(*), 1) FROM "
    "consumer_inbox WHERE consumer = $4::text) = $3::bigint"};

}  // namespace crm::lead
