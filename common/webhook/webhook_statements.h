#pragma once

#include "common/pg/statement.h"

// The SQL of those who look after webhooks. How far a webhook is in partition 0 stands in its own
// row, how far in the others in webhook_partition, which has no row where that is the beginning.
namespace crm::webhook {

#define CRM_MICROS(time) "coalesce(((extract(epoch FROM " time ") * 1000000)::bigint)::text, '0')"

#define CRM_WEBHOOK_COLUMNS \
  "tenant, id, revision, create_time, update_time, creator, display_name, url, "            \
  "array_to_string(types, E'\\n'), array_to_string(subjects, E'\\n'), "                     \
  "array_to_string(to_stages, E'\\n'), state, disable_reason, disable_time, "               \
  "(SELECT string_agg(CASE WHEN s.stream = 0 THEN webhook.position ELSE coalesce(p.position, 0) END "  \
  "|| ' ' || s.last_seq || ' ' || " CRM_MICROS("CASE WHEN s.stream = 0 THEN webhook.failing_since ELSE p.failing_since END") \
  " || ' ' || " CRM_MICROS("CASE WHEN s.stream = 0 THEN webhook.last_success_time ELSE p.last_success_time END") \
  ", E'\\n' ORDER BY s.stream) FROM event_stream s LEFT JOIN webhook_partition p "            \
  "ON p.tenant = webhook.tenant AND p.webhook = webhook.id AND p.stream = s.stream), "      \
  "(SELECT count(*) FROM webhook_delivery d WHERE d.tenant = webhook.tenant "               \
  "AND d.webhook = webhook.id AND d.state = 'PENDING'), " \
  "(SELECT string_agg(right(s.secret, 4) || ' ' || "                                        \
  CRM_MICROS("s.create_time") " || ' ' || " CRM_MICROS("s.expire_time") ", E'\\n' "         \
  "ORDER BY s.number DESC) FROM webhook_secret s WHERE s.tenant = webhook.tenant "          \
  "AND s.webhook = webhook.id)"

inline constexpr char kSelectWebhooks[] = "SELECT " CRM_WEBHOOK_COLUMNS " FROM webhook";

// $1 tenant, $2 id.
inline constexpr pg::Statement kFindWebhook{
    "webhook_find",
    "SELECT " CRM_WEBHOOK_COLUMNS " FROM webhook WHERE tenant = $1::text AND id = $2::uuid"};
inline constexpr pg::Statement kLockWebhook{
    "webhook_lock", "SELECT " CRM_WEBHOOK_COLUMNS
                    " FROM webhook WHERE tenant = $1::text AND id = $2::uuid FOR UPDATE"};

#undef CRM_WEBHOOK_COLUMNS
#undef CRM_MICROS

inline constexpr char kSelectDeliveries[] =
    "SELECT tenant, webhook, id, sequence, type, subject, state, attempts, create_time, "
    "first_attempt_time, last_attempt_time, next_attempt_time, last_result, http_status, "
    "duration_ms, stream FROM webhook_delivery";

// $1 tenant: whoever creates one waits here, and is told how many there are.
inline constexpr pg::Statement kLockTenant{
    "webhook_lock_tenant",
    "SELECT pg_advisory_xact_lock(hashtextextended('webhook/' || $1::text, 0))"};
inline constexpr pg::Statement kCountWebhooks{
    "webhook_count", "SELECT count(*) FROM webhook WHERE tenant = $1::text"};

// $1 tenant, $2 id, $3 now, $4 creator, $5 display name, $6 url, $7 types, $8 subjects, $9 stages.
inline constexpr pg::Statement kInsertWebhook{
    "webhook_insert",
    "INSERT INTO webhook (tenant, id, revision, create_time, update_time, creator, display_name, "
    "url, types, subjects, to_stages, state, position) SELECT $1::text, $2::uuid, 1, "
    "$3::timestamptz, $3::timestamptz, $4::text, $5::text, $6::text, $7::text[], $8::text[], "
    "$9::text[], 'ENABLED', s.last_seq FROM event_stream s WHERE s.stream = 0 "
    "ON CONFLICT (tenant, id) DO NOTHING RETURNING true"};

// $1 tenant, $2 id: all partitions but the first, at their ends.
inline constexpr pg::Statement kGoToEnds{
    "webhook_go_to_ends",
    "INSERT INTO webhook_partition (tenant, webhook, stream, position) SELECT $1::text, $2::uuid, "
    "s.stream, s.last_seq FROM event_stream s WHERE s.stream > 0 "
    "ON CONFLICT (tenant, webhook, stream) DO UPDATE SET position = EXCLUDED.position"};
// $3 partitions, $4 positions.
inline constexpr pg::Statement kGoTo{
    "webhook_go_to",
    "INSERT INTO webhook_partition (tenant, webhook, stream, position) SELECT $1::text, $2::uuid, "
    "k.s, k.p FROM unnest($3::smallint[], $4::bigint[]) AS k(s, p) WHERE k.s > 0 "
    "ON CONFLICT (tenant, webhook, stream) DO UPDATE SET position = EXCLUDED.position"};
inline constexpr pg::Statement kForgive{
    "webhook_forgive",
    "UPDATE webhook_partition SET failing_since = NULL "
    "WHERE tenant = $1::text AND webhook = $2::uuid AND failing_since IS NOT NULL"};

// $1 tenant, $2 id, $3 now, then what may change, $14 whether a round begins (1).
inline constexpr pg::Statement kWriteWebhook{
    "webhook_write",
    "UPDATE webhook SET revision = revision + 1, update_time = $3::timestamptz, "
    "display_name = $4::text, url = $5::text, types = $6::text[], subjects = $7::text[], "
    "to_stages = $8::text[], state = $9::text, disable_reason = $10::text, "
    "disable_time = $11::timestamptz, position = $12::bigint, failing_since = $13::timestamptz, "
    "round = round + $14::bigint WHERE tenant = $1::text AND id = $2::uuid"};

#define CRM_IS_BEYOND                                                                     \
  "d.sequence > CASE WHEN d.stream = 0 THEN w.position ELSE coalesce((SELECT p.position " \
  "FROM webhook_partition p WHERE p.tenant = w.tenant AND p.webhook = w.id "              \
  "AND p.stream = d.stream), 0) END"

// Of a webhook that has begun a round: what waits up to the position is tried at once, as if for
// the first time, and what has arrived beyond it need not arrive again.
inline constexpr pg::Statement kCarryOn{
    "webhook_carry_on",
    "UPDATE webhook_delivery d SET round = w.round, "
    "first_attempt_time = CASE WHEN d.state = 'PENDING' THEN NULL ELSE d.first_attempt_time END, "
    "next_attempt_time = CASE WHEN d.state = 'PENDING' THEN $3::timestamptz END "
    "FROM webhook w WHERE w.tenant = $1::text AND w.id = $2::uuid AND d.tenant = w.tenant "
    "AND d.webhook = w.id AND d.sequence > 0 "
    "AND (d.state = 'PENDING' OR " CRM_IS_BEYOND ")"};

// Of one that is sent again what is beyond its position in the partitions $3.
inline constexpr pg::Statement kForgetBeyond{
    "webhook_forget_beyond",
    "DELETE FROM webhook_delivery d USING webhook w WHERE w.tenant = $1::text AND w.id = $2::uuid "
    "AND d.tenant = w.tenant AND d.webhook = w.id AND d.state = 'PENDING' "
    "AND d.stream = ANY($3::smallint[]) AND " CRM_IS_BEYOND};
inline constexpr pg::Statement kKeepWaiting{
    "webhook_keep_waiting",
    "UPDATE webhook_delivery d SET round = w.round FROM webhook w WHERE w.tenant = $1::text "
    "AND w.id = $2::uuid AND d.tenant = w.tenant AND d.webhook = w.id AND d.sequence > 0 "
    "AND (d.state = 'PENDING' OR (d.stream <> ALL($3::smallint[]) AND " CRM_IS_BEYOND "))"};

#undef CRM_IS_BEYOND

// Of one that is to be sent nothing of what was.
inline constexpr pg::Statement kGiveUpAll{
    "webhook_give_up_all",
    "UPDATE webhook_delivery SET state = 'GIVEN_UP', next_attempt_time = NULL "
    "WHERE tenant = $1::text AND webhook = $2::uuid AND state = 'PENDING' AND sequence > 0"};

// $1 tenant, $2 id, $3 secret, $4 now.
inline constexpr pg::Statement kInsertSecret{
    "webhook_insert_secret",
    "INSERT INTO webhook_secret (tenant, webhook, number, secret, create_time) SELECT $1::text, "
    "$2::uuid, coalesce(max(number), 0) + 1, $3::text, $4::timestamptz FROM webhook_secret "
    "WHERE tenant = $1::text AND webhook = $2::uuid"};
// $3 when the current one runs out, $4 now: the others are gone at once.
inline constexpr pg::Statement kForgetSecrets{
    "webhook_forget_secrets",
    "DELETE FROM webhook_secret WHERE tenant = $1::text AND webhook = $2::uuid "
    "AND (expire_time IS NOT NULL OR $3::timestamptz <= $4::timestamptz)"};
inline constexpr pg::Statement kExpireSecret{
    "webhook_expire_secret",
    "UPDATE webhook_secret SET expire_time = $3::timestamptz WHERE tenant = $1::text "
    "AND webhook = $2::uuid AND expire_time IS NULL"};

// $1 tenant, $2 webhook, $3 event id, $4 type, $5 subject, $6 now.
inline constexpr pg::Statement kInsertTest{
    "webhook_insert_test",
    "INSERT INTO webhook_delivery (tenant, webhook, id, sequence, round, type, subject, state, "
    "attempts, create_time, next_attempt_time, last_result, http_status, duration_ms) VALUES "
    "($1::text, $2::uuid, $3::uuid, 0, 0, $4::text, $5::text, 'PENDING', 0, $6::timestamptz, "
    "$6::timestamptz, '', 0, 0)"};

inline constexpr pg::Statement kDeleteWebhook{
    "webhook_delete", "DELETE FROM webhook WHERE tenant = $1::text AND id = $2::uuid"};
inline constexpr pg::Statement kDeletePartitions{
    "webhook_delete_partitions",
    "DELETE FROM webhook_partition WHERE tenant = $1::text AND webhook = $2::uuid"};
inline constexpr pg::Statement kDeleteSecrets{
    "webhook_delete_secrets",
    "DELETE FROM webhook_secret WHERE tenant = $1::text AND webhook = $2::uuid"};
inline constexpr pg::Statement kDeleteDeliveries{
    "webhook_delete_deliveries",
    "DELETE FROM webhook_delivery WHERE tenant = $1::text AND webhook = $2::uuid"};

// $1 before, $2 limit. What waits stays. Two sweepers at once may pick the same rows; then the
// second deletes nothing.
inline constexpr pg::Statement kSweepDeliveries{
    "webhook_sweep",
    "WITH gone AS (DELETE FROM webhook_delivery WHERE ctid = ANY(ARRAY(SELECT ctid FROM "
    "webhook_delivery WHERE create_time < $1::timestamptz AND state <> 'PENDING' LIMIT $2::int)) "
    "RETURNING 1) SELECT count(*) FROM gone"};

}  // namespace crm::webhook
