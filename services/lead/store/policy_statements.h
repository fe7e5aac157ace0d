#pragma once

#include "common/pg/statement.h"

// All SQL about qualification policies.
namespace crm::lead {

#define CRM_POLICY_COLUMNS "p.revision, p.record_time, p.actor, p.definition"

// $1 tenants, $2 times or NULL, $3 revisions or 0: the latest that suits, after the number of the
// question; none if it is the built-in one.
inline constexpr pg::Statement kFindPolicies{
    "find_policies",
    "SELECT w.n, " CRM_POLICY_COLUMNS
    " FROM unnest($1::text[], $2::timestamptz[], $3::bigint[]) WITH ORDINALITY AS w (t, at, r, n) "
    "CROSS JOIN LATERAL (SELECT * FROM qualification_policy q WHERE q.tenant = w.t AND (w.r = 0 OR "
    "q.revision = w.r) AND (w.at IS NULL OR q.record_time <= w.at) ORDER BY q.revision DESC LIMIT "
    "1) AS p"};

// $1 tenant, $2 revision.
inline constexpr pg::Statement kFindPolicy{
    "find_policy", "SELECT " CRM_POLICY_COLUMNS
                   " FROM qualification_policy p WHERE p.tenant = $1::text AND p.revision = "
                   "$2::bigint"};

// $1 tenant, $2 revision before which, or NULL, $3 limit.
inline constexpr pg::Statement kListPolicies{
    "list_policies",
    "SELECT " CRM_POLICY_COLUMNS
    " FROM qualification_policy p WHERE p.tenant = $1::text AND ($2::bigint IS NULL OR p.revision "
    "< $2::bigint) ORDER BY p.revision DESC LIMIT $3::int"};

// $1 tenant: whoever changes its policy waits here.
inline constexpr pg::Statement kLockPolicy{
    "lock_policy",
    "SELECT pg_advisory_xact_lock(hashtextextended('qualification_policy/' || $1::text, 0))"};

// $1 tenant.
inline constexpr pg::Statement kCurrentPolicy{
    "current_policy", "SELECT " CRM_POLICY_COLUMNS
                      " FROM qualification_policy p WHERE p.tenant = $1::text ORDER BY p.revision "
                      "DESC LIMIT 1"};

// $1 tenant, then the columns.
inline constexpr pg::Statement kInsertPolicy{
    "insert_policy",
    "INSERT INTO qualification_policy (tenant, revision, record_time, actor, definition) VALUES "
    "($1::text, $2::bigint, $3::timestamptz, $4::text, $5::json)"};

}  // namespace crm::lead
