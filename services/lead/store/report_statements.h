#pragma once

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

// $1 tenant; the next $4 leads made from $2 on, behind the lead $3 of that time; made by $5. With
// $6 and $7 those that came in then, which is when they were made ($8) or when they are said to
// have; with $9 those written since. The verdict only with $10.
inline constexpr pg::Statement kReportLeads{
    "report_leads",
    "SELECT id, create_time, revision, update_time, state, stage_version, owner, source, "
    "source_detail, attributes, first_response_time, CASE WHEN $10::boolean THEN verdict END, "
    "qualification_overridden, disqualify_reason, delete_time, conversion FROM lead "
    "WHERE tenant = $1::text AND create_time >= $2::timestamptz "
    "AND (create_time > $2::timestamptz OR id > $3::uuid) AND create_time <= $5::timestamptz "
    "AND ($6::timestamptz IS NULL OR (CASE WHEN $8::boolean OR open_time IS NULL THEN create_time "
    "ELSE open_time END) >= $6::timestamptz AND (CASE WHEN $8::boolean OR open_time IS NULL THEN "
    "create_time ELSE open_time END) < $7::timestamptz) "
    "AND ($9::timestamptz IS NULL OR update_time >= $9::timestamptz) "
    "ORDER BY create_time, id LIMIT $4::bigint"};

// $1 tenant, $2 leads.
inline constexpr pg::Statement kReportMoves{
    "report_moves",
    "SELECT aggregate, version, to_stage, effective_time, recorded_time, owner FROM stage_history "
    "WHERE tenant = $1::text AND aggregate = ANY ($2::uuid[]) ORDER BY aggregate, version"};

// $1 tenant, $2 leads: their writes after $3, the latest first.
inline constexpr pg::Statement kReportRevisions{
    "report_revisions",
    "SELECT id, revision, previous_time, changes FROM revision WHERE tenant = $1::text "
    "AND id = ANY ($2::uuid[]) AND record_time > $3::timestamptz ORDER BY id, revision DESC"};

// $1 tenant, $2 opportunities.
inline constexpr pg::Statement kReportSales{
    "report_sales",
    "SELECT opportunity, version, state, effective_time, recorded_time, corrects_version "
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
