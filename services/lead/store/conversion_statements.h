#pragma once

#include "common/pg/statement.h"

// All SQL about conversions.
namespace crm::lead {

inline constexpr pg::Statement kInsertConversions{
    "insert_conversions",
    "INSERT INTO conversion (tenant, id, lead, request_id, request_hash, state, opportunity, "
    "next_attempt_time, create_time, update_time) SELECT unnest($1::text[]), unnest($2::uuid[]), "
    "unnest($3::uuid[]), unnest($4::uuid[]), unnest($5::bytea[]), unnest($6::text[]), "
    "unnest($7::uuid[]), unnest($8::timestamptz[]), unnest($9::timestamptz[]), "
    "unnest($9::timestamptz[])"};

// $1 tenants, $2 conversions, $3 states, $4 update times, $5 errors.
inline constexpr pg::Statement kMoveConversions{
    "move_conversions",
    "UPDATE conversion SET state = w.s, update_time = w.u, last_error = w.e FROM (SELECT "
    "unnest($1::text[]) AS t, unnest($2::uuid[]) AS i, unnest($3::text[]) AS s, "
    "unnest($4::timestamptz[]) AS u, unnest($5::text[]) AS e) AS w WHERE tenant = w.t AND "
    "id = w.i"};

// $1 tenants, $2 conversions: those that exist, with the cause of their refusal.
inline constexpr pg::Statement kBegunConversions{
    "begun_conversions",
    "SELECT c.tenant, c.id, c.lead, CASE WHEN c.state = 'COMPENSATED' THEN c.last_error END FROM "
    "conversion c JOIN unnest($1::text[], $2::uuid[]) AS w (t, i) ON c.tenant = w.t AND c.id = "
    "w.i"};

// $1 tenants, $2 request ids, $3 conversions: what is known of each, in order.
inline constexpr pg::Statement kLookUpConversions{
    "look_up_conversions",
    "SELECT w.n, c.lead, c.request_hash, CASE WHEN c.state = 'COMPENSATED' THEN c.last_error END, "
    "CASE WHEN c.state = 'NEEDS_ATTENTION' THEN c.last_error END, c.given_up, c.refused_time, "
    "i.hash, i.answer FROM unnest($1::text[], $2::uuid[], "
    "$3::uuid[]) WITH ORDINALITY AS w (t, r, c, n) LEFT JOIN conversion c ON c.tenant = w.t AND "
    "c.id = w.c LEFT JOIN idempotency i ON i.tenant = w.t AND i.request_id = w.r"};

// $1 tenants, $2 conversions, $3 times of the attempts, $4 next attempt times, $5 errors, $6
// whether it was a fault, $7 whether it was refused, $8 the most time of faults in seconds. The
// states after it.
inline constexpr pg::Statement kPostponeConversions{
    "postpone_conversions",
    "UPDATE conversion SET next_attempt_time = w.n, last_error = w.e, update_time = w.u, "
    "faulty_since = CASE WHEN w.f THEN coalesce(faulty_since, w.u) END, "
    "refused_time = CASE WHEN w.r THEN coalesce(refused_time, w.u) END, "
    "state = CASE WHEN w.f AND faulty_since <= w.u - $8::int * interval '1 second' THEN "
    "'NEEDS_ATTENTION' ELSE state END FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], "
    "$4::timestamptz[], $5::text[], $6::boolean[], $7::boolean[]) AS w (t, i, u, n, e, f, r) WHERE "
    "tenant = w.t AND id = w.i AND state = 'STARTED' RETURNING state"};

// $1 now, $2 end of the lease, $3 limit.
inline constexpr pg::Statement kTakeDueConversions{
    "take_due_conversions",
    "UPDATE conversion c SET next_attempt_time = $2::timestamptz, attempt = attempt + 1 FROM "
    "(SELECT tenant, id FROM conversion WHERE state = 'STARTED' AND "
    "next_attempt_time <= $1::timestamptz ORDER BY next_attempt_time LIMIT $3::int FOR UPDATE SKIP "
    "LOCKED) d WHERE c.tenant = d.tenant AND c.id = d.id RETURNING c.tenant, c.id, c.lead, "
    "c.attempt, c.given_up, c.refused_time"};

inline constexpr pg::Statement kCountPendingConversions{
    "count_pending_conversions",
    "SELECT count(*), min(create_time), (SELECT count(*) FROM (SELECT FROM conversion WHERE state "
    "= 'NEEDS_ATTENTION' LIMIT 10000) AS stuck) FROM (SELECT create_time FROM conversion WHERE "
    "state IN ('STARTED', 'OPPORTUNITY_DONE') ORDER BY next_attempt_time LIMIT 10000) AS pending"};

// $1 limit.
inline constexpr pg::Statement kListStuckConversions{
    "list_stuck_conversions",
    "SELECT tenant, id, lead, opportunity, attempt, last_error, create_time, update_time FROM "
    "conversion WHERE state = 'NEEDS_ATTENTION' ORDER BY create_time, tenant, id LIMIT $1::int"};

#define CRM_CONVERSION_COLUMNS                                                                \
  "c.id, c.request_id, c.lead, c.opportunity, c.state, c.given_up, c.attempt, c.last_error, " \
  "c.next_attempt_time, c.create_time, c.update_time"

// $1 tenants, $2 conversions: those that exist, after the number of the question.
inline constexpr pg::Statement kFindConversions{
    "find_conversions", "SELECT w.n, " CRM_CONVERSION_COLUMNS
                        " FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS w (t, i, n) JOIN "
                        "conversion c ON c.tenant = w.t AND c.id = w.i"};

// $1 tenant, $2 state or NULL, $3 time and $4 id of the one after which the page begins, or NULL,
// $5 limit.
inline constexpr pg::Statement kListOpenConversions{
    "list_open_conversions",
    "SELECT " CRM_CONVERSION_COLUMNS
    " FROM conversion c WHERE c.tenant = $1::text AND c.state IN ('STARTED', 'NEEDS_ATTENTION') "
    "AND ($2::text IS NULL OR c.state = $2::text) AND ($3::timestamptz IS NULL OR (c.create_time, "
    "c.id) > ($3::timestamptz, $4::uuid)) ORDER BY c.create_time, c.id LIMIT $5::int"};

// $1 conversions, none for all; $2 whether they are given up; $3 now; $4 when the last attempt is
// over, in seconds from it. One that is given up keeps its faults: another one ends it at once.
inline constexpr pg::Statement kResumeConversions{
    "resume_conversions",
    "UPDATE conversion SET state = 'STARTED', given_up = $2::boolean, attempt = 0, faulty_since = "
    "CASE WHEN $2::boolean THEN faulty_since END, next_attempt_time = greatest($3::timestamptz, "
    "CASE WHEN $2::boolean THEN update_time + $4::int * interval '1 second' END) WHERE state = "
    "'NEEDS_ATTENTION' AND (id = ANY($1::uuid[]) OR $1::uuid[] = '{}') RETURNING id"};

}  // namespace crm::lead
