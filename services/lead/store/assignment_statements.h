#pragma once

#include "common/pg/statement.h"

// All SQL about the assignment of leads and about captures.
namespace crm::lead {

// $1 time before which claims hold no more.
inline constexpr pg::Statement kForgetClaims{
    "forget_claims",
    "DELETE FROM contact_claim WHERE (tenant, key) IN (SELECT tenant, key FROM contact_claim WHERE "
    "claim_time < $1::timestamptz ORDER BY claim_time LIMIT 100 FOR UPDATE SKIP LOCKED)"};

// $1 tenant, $2 key, $3 contact, $4 now, $5 time before which claims hold no more, $6 the contact
// that holds no claim any more.
inline constexpr pg::Statement kClaimContact{
    "claim_contact",
    "INSERT INTO contact_claim AS c (tenant, key, contact, claim_time) VALUES ($1::text, "
    "$2::uuid, $3::uuid, $4::timestamptz) ON CONFLICT (tenant, key) DO UPDATE SET contact = CASE "
    "WHEN c.claim_time < $5::timestamptz OR c.contact = $6::uuid THEN excluded.contact ELSE "
    "c.contact END, claim_time = CASE WHEN c.claim_time < $5::timestamptz OR c.contact = $6::uuid "
    "THEN excluded.claim_time ELSE c.claim_time END RETURNING contact"};

#define CRM_RULES_COLUMNS "revision, record_time, actor, definition"

// $1 tenant: whoever changes its assignment rules waits here.
inline constexpr pg::Statement kLockRules{
    "lock_assignment_rules",
    "SELECT pg_advisory_xact_lock(hashtextextended('assignment_rules/' || $1::text, 0))"};

// $1 tenant.
inline constexpr pg::Statement kCurrentRules{
    "current_assignment_rules",
    "SELECT " CRM_RULES_COLUMNS
    " FROM assignment_rules WHERE tenant = $1::text ORDER BY revision DESC LIMIT 1"};

// $1 tenant, $2 revision.
inline constexpr pg::Statement kFindRules{
    "find_assignment_rules",
    "SELECT " CRM_RULES_COLUMNS
    " FROM assignment_rules WHERE tenant = $1::text AND revision = $2::bigint"};

// $1 tenant, $2 revision before which, or NULL, $3 limit.
inline constexpr pg::Statement kListRules{
    "list_assignment_rules",
    "SELECT " CRM_RULES_COLUMNS
    " FROM assignment_rules WHERE tenant = $1::text AND ($2::bigint IS NULL OR revision < "
    "$2::bigint) ORDER BY revision DESC LIMIT $3::int"};

// $1 tenant, then the columns.
inline constexpr pg::Statement kInsertRules{
    "insert_assignment_rules",
    "INSERT INTO assignment_rules (tenant, " CRM_RULES_COLUMNS
    ") VALUES ($1::text, $2::bigint, $3::timestamptz, $4::text, $5::json)"};

// $1 tenant: whoever deals its leads waits here.
inline constexpr pg::Statement kLockTurns{
    "lock_assignment_turns",
    "INSERT INTO assignment_turn AS t (tenant, turns) VALUES ($1::text, '{}') ON CONFLICT (tenant) "
    "DO UPDATE SET turns = t.turns RETURNING turns"};

// $1 tenant, $2 turns.
inline constexpr pg::Statement kSaveTurns{
    "save_assignment_turns", "UPDATE assignment_turn SET turns = $2::json WHERE tenant = $1::text"};

// $1 tenants, $2 owners: how many live leads each has; none: no row.
inline constexpr pg::Statement kCountLoads{
    "count_loads",
    "SELECT l.owner, count(*) FROM unnest($1::text[], $2::text[]) AS w (t, o) JOIN lead l ON "
    "l.tenant = w.t AND l.owner = w.o WHERE l.state IN ('NEW', 'WORKING', 'QUALIFIED', "
    "'CONVERTING') GROUP BY l.owner"};

}  // namespace crm::lead
