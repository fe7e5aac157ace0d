#pragma once

#include "common/pg/statement.h"

// All SQL about leads, their activities and their assessments. Arrays are of one length and
// unnested in step; wide rows in a select list, since in FROM every array would be copied through a
// buffer of its own.
namespace crm::lead {

// Those of a contact, deleted ones too, in the order in which batches lock.
inline constexpr pg::Statement kLockLeadsOfContact = {
    "lead_lock_of_contact",
    "SELECT id FROM lead WHERE tenant = $1::text AND contact = $2::uuid ORDER BY id FOR UPDATE"};

// Whom leads concern.
inline constexpr pg::Statement kLeadParties = {
    "lead_parties",
    "SELECT tenant, id, contact, NULL::uuid FROM unnest($1::text[], $2::uuid[]) AS k(tenant, id) "
    "JOIN lead USING (tenant, id)"};

// The columns of a lead, in the order in which ReadLead wants them.
#define CRM_LEAD_COLUMNS                                                                        \
  "tenant, id, revision, create_time, update_time, contact, state, stage_version, "             \
  "state_enter_time, owner, source, source_detail, interests, buying_role, external_id, "       \
  "assessments, verdict, disqualify_reason, disqualify_note, qualification_overridden, "        \
  "override_reason, activity_count, two_way_contact, first_response_time, last_activity_time, " \
  "conversion, conversion_state, conversion_refusal, open_time, organization, next_step, "      \
  "next_step_due, attributes, delete_time, score, outcome, stale_time, assignment"

inline constexpr char kSelectLeads[] = "SELECT " CRM_LEAD_COLUMNS " FROM lead";

// $1 tenants, $2 ids; a key that repeats gives its lead as often.
#define CRM_LEADS_BY_KEY     \
  "SELECT " CRM_LEAD_COLUMNS \
  " FROM unnest($1::text[], $2::uuid[]) AS k (tenant, id) JOIN lead l USING (tenant, id)"

inline constexpr pg::Statement kGetLeads{"get_leads", CRM_LEADS_BY_KEY};

inline constexpr pg::Statement kLockLeads{"lock_leads",
                                          CRM_LEADS_BY_KEY " ORDER BY tenant, id FOR UPDATE OF l"};

inline constexpr pg::Statement kInsertLeads{
    "insert_leads",
    "INSERT INTO lead (" CRM_LEAD_COLUMNS
    ", moves) SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::bigint[]), "
    "unnest($4::timestamptz[]), unnest($5::timestamptz[]), unnest($6::uuid[]), "
    "unnest($7::text[]), unnest($8::bigint[]), unnest($9::timestamptz[]), unnest($10::text[]), "
    "unnest($11::text[]), unnest($12::text[]), unnest($13::jsonb[]), unnest($14::text[]), "
    "unnest($15::text[]), unnest($16::json[]), unnest($17::json[]), unnest($18::text[]), "
    "unnest($19::text[]), unnest($20::boolean[]), unnest($21::text[]), unnest($22::bigint[]), "
    "unnest($23::boolean[]), unnest($24::timestamptz[]), unnest($25::timestamptz[]), "
    "unnest($26::json[]), unnest($27::text[]), unnest($28::text[]), unnest($29::timestamptz[]), "
    "unnest($30::uuid[]), unnest($31::text[]), unnest($32::date[]), unnest($33::jsonb[]), "
    "unnest($34::timestamptz[]), unnest($35::smallint[]), unnest($36::text[]), "
    "unnest($37::timestamptz[]), unnest($38::json[]), unnest($39::text[])"};

// What any change but an edit may touch. A document of NULL stays as it is: none is ever taken
// back. Moves are appended.
inline constexpr pg::Statement kUpdateLeads{
    "update_leads",
    "UPDATE lead l SET revision = n.revision, update_time = n.update_time, state = n.state, "
    "stage_version = n.stage_version, state_enter_time = n.state_enter_time, "
    "disqualify_reason = n.disqualify_reason, disqualify_note = n.disqualify_note, "
    "qualification_overridden = n.qualification_overridden, override_reason = n.override_reason, "
    "activity_count = n.activity_count, two_way_contact = n.two_way_contact, "
    "first_response_time = n.first_response_time, last_activity_time = n.last_activity_time, "
    "conversion_state = n.conversion_state, conversion_refusal = n.conversion_refusal, "
    "assessments = coalesce(n.assessments, l.assessments), "
    "verdict = coalesce(n.verdict, l.verdict), conversion = coalesce(n.conversion, l.conversion), "
    "score = n.score, outcome = n.outcome, stale_time = n.stale_time, "
    "moves = l.moves || n.moves "
    "FROM (SELECT unnest($1::text[]) AS tenant, unnest($2::uuid[]) AS id, "
    "unnest($3::bigint[]) AS revision, unnest($4::timestamptz[]) AS update_time, "
    "unnest($5::text[]) AS state, unnest($6::bigint[]) AS stage_version, "
    "unnest($7::timestamptz[]) AS state_enter_time, unnest($8::text[]) AS disqualify_reason, "
    "unnest($9::text[]) AS disqualify_note, unnest($10::boolean[]) AS qualification_overridden, "
    "unnest($11::text[]) AS override_reason, unnest($12::bigint[]) AS activity_count, "
    "unnest($13::boolean[]) AS two_way_contact, "
    "unnest($14::timestamptz[]) AS first_response_time, "
    "unnest($15::timestamptz[]) AS last_activity_time, unnest($16::text[]) AS conversion_state, "
    "unnest($17::text[]) AS conversion_refusal, unnest($18::json[]) AS assessments, "
    "unnest($19::json[]) AS verdict, unnest($20::json[]) AS conversion, "
    "unnest($21::smallint[]) AS score, unnest($22::text[]) AS outcome, "
    "unnest($23::timestamptz[]) AS stale_time, unnest($24::text[]) AS moves) AS n WHERE "
    "l.tenant = n.tenant AND l.id = n.id"};

// Of the columns of kUpdateLeads, those of a move that changes nothing else, as a conversion's
// steps.
inline constexpr pg::Statement kMoveLeads{
    "move_leads",
    "UPDATE lead l SET revision = n.revision, update_time = n.update_time, state = n.state, "
    "stage_version = n.stage_version, state_enter_time = n.state_enter_time, "
    "conversion_state = n.conversion_state, conversion_refusal = n.conversion_refusal, "
    "conversion = coalesce(n.conversion, l.conversion), moves = l.moves || n.moves "
    "FROM (SELECT unnest($1::text[]) AS tenant, unnest($2::uuid[]) AS id, "
    "unnest($3::bigint[]) AS revision, unnest($4::timestamptz[]) AS update_time, "
    "unnest($5::text[]) AS state, unnest($6::bigint[]) AS stage_version, "
    "unnest($7::timestamptz[]) AS state_enter_time, unnest($8::text[]) AS conversion_state, "
    "unnest($9::text[]) AS conversion_refusal, unnest($10::json[]) AS conversion, "
    "unnest($11::text[]) AS moves) AS n WHERE "
    "l.tenant = n.tenant AND l.id = n.id"};

// What an edit changes beyond kMoveLeads.
inline constexpr pg::Statement kEditLeads{
    "edit_leads",
    "UPDATE lead l SET owner = n.owner, source = n.source, source_detail = n.source_detail, "
    "interests = n.interests, buying_role = n.buying_role, external_id = n.external_id, "
    "organization = n.organization, next_step = n.next_step, next_step_due = n.next_step_due, "
    "attributes = n.attributes, delete_time = n.delete_time, assignment = n.assignment "
    "FROM (SELECT unnest($1::text[]) AS tenant, unnest($2::uuid[]) AS id, "
    "unnest($3::text[]) AS owner, unnest($4::text[]) AS source, "
    "unnest($5::text[]) AS source_detail, unnest($6::jsonb[]) AS interests, "
    "unnest($7::text[]) AS buying_role, unnest($8::text[]) AS external_id, "
    "unnest($9::uuid[]) AS organization, unnest($10::text[]) AS next_step, "
    "unnest($11::date[]) AS next_step_due, unnest($12::jsonb[]) AS attributes, "
    "unnest($13::timestamptz[]) AS delete_time, unnest($14::json[]) AS assignment) AS n WHERE "
    "l.tenant = n.tenant AND l.id = n.id"};

// $1 tenants, $2 ids.
inline constexpr pg::Statement kGiveUpExternalIds{
    "give_up_external_ids",
    "UPDATE lead l SET external_id = NULL FROM unnest($1::text[], $2::uuid[]) AS w (t, i) WHERE "
    "l.tenant = w.t AND l.id = w.i"};

inline constexpr pg::Statement kInsertActivities{
    "insert_activities",
    "INSERT INTO activity (tenant, lead, id, type, direction, occur_time, summary, actor, "
    "record_time) SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::uuid[]), "
    "unnest($4::text[]), unnest($5::text[]), unnest($6::timestamptz[]), unnest($7::text[]), "
    "unnest($8::text[]), unnest($9::timestamptz[])"};

// $1 tenants, $2 leads, $3 ids, then the columns.
inline constexpr pg::Statement kUpdateActivities{
    "update_activities",
    "UPDATE activity a SET type = n.type, direction = n.direction, occur_time = n.occur_time, "
    "summary = n.summary, update_time = n.update_time FROM (SELECT unnest($1::text[]) AS tenant, "
    "unnest($2::uuid[]) AS lead, unnest($3::uuid[]) AS id, unnest($4::text[]) AS type, "
    "unnest($5::text[]) AS direction, unnest($6::timestamptz[]) AS occur_time, "
    "unnest($7::text[]) AS summary, unnest($8::timestamptz[]) AS update_time) AS n WHERE "
    "a.tenant = n.tenant AND a.lead = n.lead AND a.id = n.id"};

#define CRM_ACTIVITY_COLUMNS \
  "a.id, a.type, a.direction, a.occur_time, a.summary, a.actor, a.record_time, a.update_time"

// $1 tenant, $2 lead, $3 id: the activity, the revision of the lead, and its other activities by
// kind, each with how many there are and the first and the last; all as of one moment.
inline constexpr pg::Statement kFindActivity{
    "find_activity",
    "SELECT " CRM_ACTIVITY_COLUMNS
    ", l.revision, o.type, o.direction, o.n, o.first, o.last FROM activity a JOIN lead l ON "
    "l.tenant = a.tenant AND l.id = a.lead LEFT JOIN (SELECT type, direction, count(*) AS n, "
    "min(occur_time) AS first, max(occur_time) AS last FROM activity WHERE tenant = $1::text AND "
    "lead = $2::uuid AND id <> $3::uuid GROUP BY type, direction) AS o ON true WHERE "
    "a.tenant = $1::text AND a.lead = $2::uuid AND a.id = $3::uuid"};

#define CRM_ASSESSMENT_COLUMNS                                                         \
  "id, criterion, finding, observation, source, assessor, observe_time, record_time, " \
  "expected_purchase_date, budget_currency, budget_minor, budget_status"

inline constexpr pg::Statement kInsertAssessments{
    "insert_assessments",
    "INSERT INTO assessment (tenant, lead, " CRM_ASSESSMENT_COLUMNS
    ") SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::uuid[]), unnest($4::text[]), "
    "unnest($5::text[]), unnest($6::text[]), unnest($7::text[]), unnest($8::text[]), "
    "unnest($9::timestamptz[]), unnest($10::timestamptz[]), unnest($11::date[]), "
    "unnest($12::text[]), unnest($13::bigint[]), unnest($14::text[])"};

// $1 tenants, $2 leads, $3 times: what was on record then, oldest first, after the number of the
// question.
inline constexpr pg::Statement kAssessmentsOnRecord{
    "assessments_on_record",
    "SELECT w.n, " CRM_ASSESSMENT_COLUMNS
    " FROM unnest($1::text[], $2::uuid[], $3::timestamptz[]) WITH ORDINALITY AS w (t, l, at, n) "
    "JOIN assessment a ON a.tenant = w.t AND a.lead = w.l WHERE a.record_time <= w.at AND "
    "a.observe_time <= w.at ORDER BY w.n, a.record_time, a.id"};

// $1 tenants, $2 ids, $3 external ids or NULL: leads with one of either; of deleted ones, which
// have freed theirs, no external id.
inline constexpr pg::Statement kTakenLeads{
    "taken_leads",
    "SELECT l.tenant, l.id, CASE WHEN l.delete_time IS NULL THEN l.external_id END FROM lead l "
    "JOIN "
    "unnest($1::text[], $2::uuid[]) AS w (t, i) ON l.tenant = w.t AND l.id = w.i UNION SELECT "
    "l.tenant, l.id, l.external_id FROM lead l "
    "JOIN unnest($1::text[], $3::text[]) AS w (t, e) ON l.tenant = w.t AND l.external_id = w.e AND "
    "l.delete_time IS NULL"};

// $1 tenants, $2 leads, $3 ids: the activities and assessments that there are.
inline constexpr pg::Statement kTakenRecords{
    "taken_records",
    "SELECT w.t, w.l, w.i, a.id IS NOT NULL, s.id IS NOT NULL FROM unnest($1::text[], $2::uuid[], "
    "$3::uuid[]) AS w (t, l, i) LEFT JOIN activity a ON a.tenant = w.t AND a.lead = w.l AND a.id = "
    "w.i LEFT JOIN assessment s ON s.tenant = w.t AND s.lead = w.l AND s.id = w.i WHERE a.id IS "
    "NOT "
    "NULL OR s.id IS NOT NULL"};

// $1 tenant, $2 lead, $3 time and $4 id of the one after which the page begins, or NULL, $5 limit.
inline constexpr pg::Statement kListActivities{
    "list_activities",
    "SELECT " CRM_ACTIVITY_COLUMNS
    " FROM activity a WHERE tenant = $1::text AND lead = $2::uuid AND ($3::timestamptz IS NULL OR "
    "(occur_time, id) < "
    "($3::timestamptz, $4::uuid)) ORDER BY occur_time DESC, id DESC LIMIT $5::int"};

inline constexpr pg::Statement kListAssessments{
    "list_assessments",
    "SELECT " CRM_ASSESSMENT_COLUMNS
    " FROM assessment WHERE tenant = $1::text AND lead = $2::uuid AND ($3::timestamptz IS NULL OR "
    "(observe_time, id) < ($3::timestamptz, $4::uuid)) ORDER BY observe_time DESC, id DESC LIMIT "
    "$5::int"};

// $1 tenant, $2 contact: all its leads.
inline constexpr pg::Statement kLeadsOfContact{
    "leads_of_contact",
    "SELECT " CRM_LEAD_COLUMNS
    " FROM lead WHERE tenant = $1::text AND contact = $2::uuid ORDER BY create_time, id"};

}  // namespace crm::lead
