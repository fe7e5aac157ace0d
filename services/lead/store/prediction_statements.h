#pragma once

#include "common/pg/statement.h"

// All SQL about models learned from how leads ended.
namespace crm::lead {

// $1 tenant, $2 limit: the latest leads that came to an end, what they are known by and, where
// there is field history, the revision that ended them.
inline constexpr pg::Statement kFinishedLeads{
    "finished_leads",
    "SELECT l.id, l.state = 'CONVERTED', l.stage_version, opened.effective_time, "
    "closed.effective_time, (SELECT min(r.revision) FROM revision r WHERE r.tenant = l.tenant AND "
    "r.id = l.id AND r.record_time >= closed.recorded_time) FROM (SELECT tenant, id, state, "
    "stage_version FROM lead WHERE tenant = $1::text AND state IN ('CONVERTED', 'DISQUALIFIED') "
    "AND delete_time IS NULL AND disqualify_reason <> 'DUPLICATE' ORDER BY state_enter_time DESC, "
    "id LIMIT $2::int) AS l "
    "JOIN stage_history opened ON opened.tenant = l.tenant AND opened.aggregate = l.id AND "
    "opened.version = 1 JOIN stage_history closed ON closed.tenant = l.tenant AND closed.aggregate "
    "= l.id AND closed.version = l.stage_version"};

// $1 tenant, $2 lead.
inline constexpr pg::Statement kOpenedTime{
    "opened_time",
    "SELECT effective_time FROM stage_history WHERE tenant = $1::text AND aggregate = $2::uuid AND "
    "version = 1"};

#define CRM_MODEL_COLUMNS "revision, record_time, actor, converted, not_converted"

// $1 tenant, $2 revision, or 0 for the current one.
inline constexpr pg::Statement kFindModel{
    "find_model", "SELECT " CRM_MODEL_COLUMNS
                  ", factors FROM prediction_model WHERE tenant = $1::text AND ($2::bigint = 0 OR "
                  "revision = $2::bigint) ORDER BY revision DESC LIMIT 1"};

// $1 tenant, $2 revision before which, or NULL, $3 limit.
inline constexpr pg::Statement kListModels{
    "list_models", "SELECT " CRM_MODEL_COLUMNS
                   " FROM prediction_model WHERE tenant = $1::text AND ($2::bigint IS NULL OR "
                   "revision < $2::bigint) ORDER BY revision DESC LIMIT $3::int"};

// $1 tenant: whoever makes a revision of its model waits here.
inline constexpr pg::Statement kLockModel{
    "lock_model",
    "SELECT pg_advisory_xact_lock(hashtextextended('prediction_model/' || $1::text, 0))"};

// $1 tenant, then the columns, then the factors.
inline constexpr pg::Statement kInsertModel{
    "insert_model", "INSERT INTO prediction_model (tenant, " CRM_MODEL_COLUMNS
                    ", factors) VALUES ($1::text, $2::bigint, $3::timestamptz, $4::text, "
                    "$5::bigint, $6::bigint, $7::json)"};

// $1 microseconds of the lease: behind which tenant the daily training is, if its next step is due.
inline constexpr pg::Statement kClaimTraining{
    "claim_training",
    "UPDATE training_turn SET due_time = now() + $1::bigint * interval '1 microsecond' WHERE "
    "due_time <= now() RETURNING after_tenant"};

// $1 tenant: the next one that has leads.
inline constexpr pg::Statement kNextTenant{
    "next_tenant", "SELECT tenant FROM lead WHERE tenant > $1::text ORDER BY tenant LIMIT 1"};

// $1 the tenant it was behind, $2 the one it is behind now, $3 microseconds until the next step.
inline constexpr pg::Statement kAdvanceTraining{
    "advance_training",
    "UPDATE training_turn SET after_tenant = $2::text, due_time = now() + $3::bigint * interval '1 "
    "microsecond' WHERE after_tenant = $1::text"};

}  // namespace crm::lead
