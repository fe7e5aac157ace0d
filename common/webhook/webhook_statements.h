#pragma once

#include "common/pg/statement.h"

// The SQL of those who look after webhooks.
namespace crm::webhook {

#define CRM_WEBHOOK_COLUMNS                                                                 \
  "tenant, id, revision, create_time, update_time, creator, display_name, url, "            \
  "array_to_string(types, E'\\n'), array_to_string(subjects, E'\\n'), "                     \
  "array_to_string(to_stages, E'\\n'), state, disable_reason, disable_time, position, "     \
  "(SELECT s.last_seq FROM event_stream s WHERE s.stream = 0), "                            \
  "(SELECT count(*) FROM webhook_delivery d WHERE d.tenant = webhook.tenant "               \
  "AND d.webhook = webhook.id AND d.state = 'PENDING'), failing_since, last_success_time, " \
  "(SELECT string_agg(right(s.secret, 4) || ' ' || "                                        \
  "(extract(epoch FROM s.create_time) * 1000000)::bigint || ' ' || "                        \
  "coalesce(((extract(epoch FROM s.expire_time) * 1000000)::bigint)::text, '0'), E'\\n' "   \
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

inline constexpr char kSelectDeliveries[] =
    "SELECT tenant, webhook, id, sequence, type, subject, state, attempts, create_time, "
    "first_attempt_time, last_attempt_time, next_attempt_time, last_result, http_status, "
    "duration_ms FROM webhook_delivery";

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

// $1 tenant, $2 id, $3 now, then what may change, $14 whether a round begins (1).
inline constexpr pg::Statement kWriteWebhook{
    "webhook_write",
    "UPDATE webhook SET revision = revision + 1, update_time = $3::timestamptz, "
    "display_name = $4::text, url = $5::text, types = $6::text[], subjects = $7::text[], "
    "to_stages = $8::text[], state = $9::text, disable_reason = $10::text, "
    "disable_time = $11::timestamptz, position = $12::bigint, failing_since = $13::timestamptz, "
    "round = round + $14::bigint WHERE tenant = $1::text AND id = $2::uuid"};

// Of a webhook that has begun a round: what waits up to the position is tried at once, as if for
// the first time, and what has arrived beyond it need not arrive again.
inline constexpr pg::Statement kCarryOn{
    "webhook_carry_on",
    "UPDATE webhook_delivery d SET round = w.round, "
    "first_attempt_time = CASE WHEN d.state = 'PENDING' THEN NULL ELSE d.first_attempt_time END, "
    "next_attempt_time = CASE WHEN d.state = 'PENDING' THEN $3::timestamptz END "
    "FROM webhook w WHERE w.tenant = $1::text AND w.id = $2::uuid AND d.tenant = w.tenant "
    "AND d.webhook = w.id AND d.sequence > 0 "
    "AND (d.state = 'PENDING' OR d.sequence > w.position)"};

// Of one that is sent again what is beyond its position.
inline constexpr pg::Statement kForgetBeyond{
    "webhook_forget_beyond",
    "DELETE FROM webhook_delivery d USING webhook w WHERE w.tenant = $1::text AND w.id = $2::uuid "
    "AND d.tenant = w.tenant AND d.webhook = w.id AND d.sequence > w.position "
    "AND d.state = 'PENDING'"};
inline constexpr pg::Statement kKeepWaiting{
    "webhook_keep_waiting",
    "UPDATE webhook_delivery d SET round = w.round FROM webhook w WHERE w.tenant = $1::text "
    "AND w.id = $2::uuid AND d.tenant = w.tenant AND d.webhook = w.id AND d.sequence > 0 "
    "AND d.state = 'PENDING'"};
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
