#pragma once

#include "common/pg/statement.h"

// All SQL of the lead service. Arrays are unnested in step.
namespace crm::lead {

// The columns of a lead, in the order in which ReadLead wants them.
#define CRM_LEAD_COLUMNS                                                                        \
  "tenant, id, revision, create_time, update_time, contact, state, stage_version, "             \
  "state_enter_time, owner, source, source_detail, interests, buying_role, external_id, "       \
  "assessments, verdict, disqualify_reason, disqualify_note, qualification_overridden, "        \
  "override_reason, activity_count, two_way_contact, first_response_time, last_activity_time, " \
  "conversion, conversion_state, conversion_refusal"

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
    ") SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::timestamptz[], "
    "$5::timestamptz[], $6::uuid[], $7::text[], $8::bigint[], $9::timestamptz[], $10::text[], "
    "$11::text[], $12::text[], $13::json[], $14::text[], $15::text[], $16::json[], $17::json[], "
    "$18::text[], $19::text[], $20::boolean[], $21::text[], $22::bigint[], $23::boolean[], "
    "$24::timestamptz[], $25::timestamptz[], $26::json[], $27::text[], $28::text[])"};

// What any change may touch. A document of NULL stays as it is: none is ever taken back.
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
    "verdict = coalesce(n.verdict, l.verdict), conversion = coalesce(n.conversion, l.conversion) "
    "FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::text[], "
    "$6::bigint[], $7::timestamptz[], $8::text[], $9::text[], $10::boolean[], $11::text[], "
    "$12::bigint[], $13::boolean[], $14::timestamptz[], $15::timestamptz[], $16::text[], "
    "$17::text[], $18::json[], $19::json[], $20::json[]) AS n (tenant, id, revision, update_time, "
    "state, stage_version, state_enter_time, disqualify_reason, disqualify_note, "
    "qualification_overridden, override_reason, activity_count, two_way_contact, "
    "first_response_time, last_activity_time, conversion_state, conversion_refusal, assessments, "
    "verdict, conversion) WHERE l.tenant = n.tenant AND l.id = n.id"};

// What an edit changes beyond that.
inline constexpr pg::Statement kEditLeads{
    "edit_leads",
    "UPDATE lead l SET owner = n.owner, source = n.source, source_detail = n.source_detail, "
    "interests = n.interests, buying_role = n.buying_role, external_id = n.external_id "
    "FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::json[], "
    "$7::text[], $8::text[]) AS n (tenant, id, owner, source, source_detail, interests, "
    "buying_role, external_id) WHERE l.tenant = n.tenant AND l.id = n.id"};

inline constexpr pg::Statement kInsertActivities{
    "insert_activities",
    "INSERT INTO activity (tenant, lead, id, type, direction, occur_time, summary, actor, "
    "record_time) SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], "
    "$6::timestamptz[], $7::text[], $8::text[], $9::timestamptz[])"};

#define CRM_ASSESSMENT_COLUMNS                                                         \
  "id, criterion, finding, observation, source, assessor, observe_time, record_time, " \
  "expected_purchase_date, budget_currency, budget_minor, budget_status"

inline constexpr pg::Statement kInsertAssessments{
    "insert_assessments",
    "INSERT INTO assessment (tenant, lead, " CRM_ASSESSMENT_COLUMNS
    ") SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], "
    "$6::text[], "
    "$7::text[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::date[], $12::text[], "
    "$13::bigint[], $14::text[])"};

// $1 tenant, $2 lead, $3 time: what was on record then, oldest first.
inline constexpr pg::Statement kAssessmentsOnRecord{
    "assessments_on_record",
    "SELECT " CRM_ASSESSMENT_COLUMNS
    " FROM assessment WHERE tenant = $1::text AND lead = $2::uuid AND record_time <= "
    "$3::timestamptz AND observe_time <= $3::timestamptz ORDER BY record_time, id"};

// $1 tenants, $2 ids, $3 external ids: leads with one of either.
inline constexpr pg::Statement kTakenLeads{
    "taken_leads",
    "SELECT l.tenant, l.id, l.external_id FROM lead l JOIN unnest($1::text[], $2::uuid[]) AS w (t, "
    "i) ON l.tenant = w.t AND l.id = w.i UNION SELECT l.tenant, l.id, l.external_id FROM lead l "
    "JOIN unnest($1::text[], $3::text[]) AS w (t, e) ON l.tenant = w.t AND l.external_id = w.e"};

inline constexpr pg::Statement kInsertConversions{
    "insert_conversions",
    "INSERT INTO conversion (tenant, id, lead, request_id, request_hash, state, opportunity, "
    "next_attempt_time, create_time, update_time) SELECT t, i, l, r, h, s, o, n, c, c FROM "
    "unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bytea[], $6::text[], $7::uuid[], "
    "$8::timestamptz[], $9::timestamptz[]) AS w (t, i, l, r, h, s, o, n, c)"};

// $1 tenants, $2 conversions, $3 states, $4 update times, $5 errors.
inline constexpr pg::Statement kMoveConversions{
    "move_conversions",
    "UPDATE conversion SET state = w.s, update_time = w.u, last_error = w.e FROM "
    "unnest($1::text[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[]) AS w (t, i, s, u, "
    "e) "
    "WHERE tenant = w.t AND id = w.i"};

// $1 tenants, $2 conversions, $3 leads: those conversions that exist for another lead.
inline constexpr pg::Statement kForeignConversions{
    "foreign_conversions",
    "SELECT c.tenant, c.lead, c.id, w.l FROM conversion c JOIN unnest($1::text[], $2::uuid[], "
    "$3::uuid[]) AS w (t, i, l) ON c.tenant = w.t AND c.id = w.i WHERE c.lead <> w.l"};

// $1 tenants, $2 request ids, $3 conversions: what is known of each, in order.
inline constexpr pg::Statement kLookUpConversions{
    "look_up_conversions",
    "SELECT w.n, c.lead, c.request_hash, i.hash, i.answer FROM unnest($1::text[], $2::uuid[], "
    "$3::uuid[]) WITH ORDINALITY AS w (t, r, c, n) LEFT JOIN conversion c ON c.tenant = w.t AND "
    "c.id = w.c LEFT JOIN idempotency i ON i.tenant = w.t AND i.request_id = w.r"};

// $1 tenants, $2 conversions, $3 next attempt times, $4 errors.
inline constexpr pg::Statement kPostponeConversions{
    "postpone_conversions",
    "UPDATE conversion SET next_attempt_time = w.n, last_error = w.e FROM unnest($1::text[], "
    "$2::uuid[], $3::timestamptz[], $4::text[]) AS w (t, i, n, e) WHERE tenant = w.t AND id = w.i "
    "AND state IN ('STARTED', 'OPPORTUNITY_DONE')"};

// $1 now, $2 end of the lease, $3 limit.
inline constexpr pg::Statement kTakeDueConversions{
    "take_due_conversions",
    "UPDATE conversion c SET next_attempt_time = $2::timestamptz, attempt = attempt + 1 FROM "
    "(SELECT tenant, id FROM conversion WHERE state IN ('STARTED', 'OPPORTUNITY_DONE') AND "
    "next_attempt_time <= $1::timestamptz ORDER BY next_attempt_time LIMIT $3::int FOR UPDATE SKIP "
    "LOCKED) d WHERE c.tenant = d.tenant AND c.id = d.id RETURNING c.tenant, c.id, c.lead, "
    "c.attempt"};

}  // namespace crm::lead
