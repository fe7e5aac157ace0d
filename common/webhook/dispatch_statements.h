#pragma once

#include "common/pg/statement.h"

// The SQL of those who send.
namespace crm::webhook {

// $1 the lock's name behind the schema's.
inline constexpr pg::Statement kTryLead{
    "webhook_try_lead",
    "SELECT pg_try_advisory_lock(hashtextextended(current_schema() || $1::text, 0))"};

#define CRM_TARGET_COLUMNS                                                             \
  "w.tenant, w.id, w.revision, w.round, w.url, array_to_string(w.types, E'\\n'), "     \
  "array_to_string(w.subjects, E'\\n'), array_to_string(w.to_stages, E'\\n'), "        \
  "(SELECT string_agg(s.secret, E'\\n' ORDER BY s.number DESC) FROM webhook_secret s " \
  "WHERE s.tenant = w.tenant AND s.webhook = w.id "                                    \
  "AND (s.expire_time IS NULL OR s.expire_time > $1::timestamptz))"

// $1 now, $2 partition.
inline constexpr pg::Statement kTargets{
    "webhook_targets",
    "SELECT " CRM_TARGET_COLUMNS
    ", CASE WHEN $2::smallint = 0 THEN w.position ELSE coalesce(p.position, 0) END, "
    "CASE WHEN $2::smallint = 0 THEN w.failing_since ELSE p.failing_since END, "
    "greatest(w.last_success_time, (SELECT max(o.last_success_time) FROM webhook_partition o "
    "WHERE o.tenant = w.tenant AND o.webhook = w.id)) FROM webhook w LEFT JOIN webhook_partition p "
    "ON p.tenant = w.tenant AND p.webhook = w.id AND p.stream = $2::smallint "
    "WHERE w.state = 'ENABLED'"};

// $1 now, $2 limit.
inline constexpr pg::Statement kTests{
    "webhook_tests", "SELECT d.id, d.create_time, " CRM_TARGET_COLUMNS
                     " FROM webhook_delivery d JOIN webhook w ON w.tenant = d.tenant "
                     "AND w.id = d.webhook WHERE d.sequence = 0 AND d.state = 'PENDING' "
                     "ORDER BY d.create_time LIMIT $2::int"};

#undef CRM_TARGET_COLUMNS

// $1 tenant, $2 webhook, $3 round, $4 position, $5 partition: what waits of its events, and
// whatever is beyond the position.
inline constexpr pg::Statement kUnfinished{
    "webhook_unfinished",
    "SELECT id, sequence, type, subject, state, attempts, create_time, first_attempt_time, "
    "last_attempt_time, next_attempt_time, last_result, http_status, duration_ms "
    "FROM webhook_delivery WHERE tenant = $1::text AND webhook = $2::uuid AND round = $3::bigint "
    "AND stream = $5::smallint AND sequence > 0 AND state = 'PENDING' UNION ALL "
    "SELECT id, sequence, type, subject, state, attempts, create_time, first_attempt_time, "
    "last_attempt_time, next_attempt_time, last_result, http_status, duration_ms "
    "FROM webhook_delivery WHERE tenant = $1::text AND webhook = $2::uuid AND round = $3::bigint "
    "AND stream = $5::smallint AND sequence > $4::bigint AND state <> 'PENDING' ORDER BY sequence"};

// $1 sequences, $2 partition.
inline constexpr pg::Statement kEvents{
    "webhook_events",
    "SELECT l.seq, l.ms, l.epoch, l.event_id, l.payload, "
    "l.tenant FROM unnest($1::bigint[]) AS k(s) "
    "JOIN event_log l ON l.stream = $2::smallint AND l.seq = k.s"};

// $1 tenants, $2 ids, $3 partition: beyond which of its sequences these may not be sent yet, since
// earlier events may be in other partitions, from before there were so many. Without a subject:
// none may, as those have not all been read; else those of the subject, of which one waits.
inline constexpr pg::Statement kHolds{
    "webhook_holds",
    "SELECT k.n, '', min(mine.last_seq) "
    "FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS k(t, i, n) "
    "JOIN webhook w ON w.tenant = k.t AND w.id = k.i "
    "JOIN event_repartition mine ON mine.stream = $3::smallint "
    "JOIN event_repartition other ON other.epoch = mine.epoch AND other.stream <> mine.stream "
    "LEFT JOIN webhook_partition p ON p.tenant = w.tenant AND p.webhook = w.id "
    "AND p.stream = other.stream WHERE other.last_seq > "
    "CASE WHEN other.stream = 0 THEN w.position ELSE coalesce(p.position, 0) END GROUP BY k.n "
    "UNION ALL SELECT k.n, d.subject, min(mine.last_seq) "
    "FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS k(t, i, n) "
    "JOIN webhook_delivery d ON d.tenant = k.t AND d.webhook = k.i AND d.state = 'PENDING' "
    "AND d.sequence > 0 AND d.stream <> $3::smallint "
    "JOIN event_repartition other ON other.stream = d.stream AND other.last_seq >= d.sequence "
    "JOIN event_repartition mine ON mine.epoch = other.epoch AND mine.stream = $3::smallint "
    "GROUP BY k.n, d.subject"};

// $1 tenants, $2 ids, $3 rounds, $4 positions, $5 failing since, $6 last successes or NULL. Locks
// them, so that no replay or deletion comes between this and the rows of deliveries.
inline constexpr pg::Statement kMove{
    "webhook_move",
    "UPDATE webhook w SET position = k.p, failing_since = k.f, "
    "last_success_time = coalesce(k.l, w.last_success_time) "
    "FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5::timestamptz[], "
    "$6::timestamptz[]) AS k(t, i, r, p, f, l) "
    "WHERE w.tenant = k.t AND w.id = k.i AND w.round = k.r"};
// The same of the partition $7, which is not the first.
inline constexpr pg::Statement kMovePartition{
    "webhook_move_partition",
    "WITH held AS (SELECT w.tenant, w.id, k.p, k.f, k.l FROM unnest($1::text[], $2::uuid[], "
    "$3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[]) AS k(t, i, r, p, f, l) "
    "JOIN webhook w ON w.tenant = k.t AND w.id = k.i AND w.round = k.r FOR KEY SHARE OF w) "
    "INSERT INTO webhook_partition AS o (tenant, webhook, stream, position, failing_since, "
    "last_success_time) SELECT tenant, id, $7::smallint, p, f, l FROM held "
    "ON CONFLICT (tenant, webhook, stream) DO UPDATE SET position = EXCLUDED.position, "
    "failing_since = EXCLUDED.failing_since, "
    "last_success_time = coalesce(EXCLUDED.last_success_time, o.last_success_time)"};

// $1 tenants, $2 webhooks, $3 ids, $4 sequences, $5 rounds, $6 types, $7 subjects, $8 states,
// $9 attempts, $10 created, $11 first, $12 last, $13 next, $14 results, $15 status, $16 duration,
// $17 partitions.
inline constexpr pg::Statement kRecord{
    "webhook_record",
    "INSERT INTO webhook_delivery AS d (tenant, webhook, id, sequence, round, type, subject, "
    "state, "
    "attempts, create_time, first_attempt_time, last_attempt_time, next_attempt_time, last_result, "
    "http_status, duration_ms, stream) SELECT k.t, k.w, k.i, k.s, w.round, k.y, k.b, k.e, k.a, "
    "k.c, k.f, "
    "k.l, "
    "k.n, k.r, k.h, k.d, k.m FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[], "
    "$5::bigint[], "
    "$6::text[], $7::text[], $8::text[], $9::int[], $10::timestamptz[], $11::timestamptz[], "
    "$12::timestamptz[], $13::timestamptz[], $14::text[], $15::int[], $16::bigint[], "
    "$17::smallint[]) AS k(t, w, i, s, o, y, b, e, a, c, f, l, n, r, h, d, m) "
    "JOIN webhook w ON w.tenant = k.t AND w.id = k.w AND (w.round = k.o OR k.s = 0) "
    "ON CONFLICT (tenant, webhook, id) DO UPDATE SET state = EXCLUDED.state, "
    "attempts = EXCLUDED.attempts, first_attempt_time = EXCLUDED.first_attempt_time, "
    "last_attempt_time = EXCLUDED.last_attempt_time, "
    "next_attempt_time = EXCLUDED.next_attempt_time, last_result = EXCLUDED.last_result, "
    "http_status = EXCLUDED.http_status, duration_ms = EXCLUDED.duration_ms, "
    "create_time = CASE WHEN d.round = EXCLUDED.round THEN d.create_time "
    "ELSE EXCLUDED.create_time END, round = EXCLUDED.round"};

// $1 tenant, $2 id, $3 round, $4 reason, $5 now.
inline constexpr pg::Statement kDisableDead{
    "webhook_disable_dead",
    "UPDATE webhook SET state = 'DISABLED', disable_reason = $4::text, "
    "disable_time = $5::timestamptz, update_time = $5::timestamptz, revision = revision + 1 "
    "WHERE tenant = $1::text AND id = $2::uuid AND round = $3::bigint AND state = 'ENABLED' "
    "RETURNING true"};

}  // namespace crm::webhook
