#pragma once

#include "common/pg/statement.h"

// Every SQL statement of the opportunity service but those of the shared libraries. Arrays are of
// one length and unnested in step; wide rows in a select list, since in FROM every array would be
// copied through a buffer of its own.
namespace crm::opportunity::statements {

// Those of a contact, deleted ones too, in the order in which batches lock.
inline constexpr pg::Statement kLockOfContact = {
    "opportunity_lock_of_contact",
    "SELECT id FROM opportunity WHERE tenant = $1::text AND contact = $2::uuid ORDER BY id "
    "FOR UPDATE"};

// Whom opportunities concern.
inline constexpr pg::Statement kParties = {
    "opportunity_parties",
    "SELECT tenant, id, contact, lead FROM unnest($1::text[], $2::uuid[]) AS k(tenant, id) "
    "JOIN opportunity USING (tenant, id)"};

// In the order in which OpportunityTable::Read takes them.
#define CRM_OPPORTUNITY_COLUMNS                                                                 \
  "tenant, id, revision, create_time, update_time, display_name, contact, lead, owner, "        \
  "external_id, amount_currency, amount_minor, expected_close_date, pipeline, stage, "          \
  "stage_type, stage_version, probability, probability_manual, forecast_category, "             \
  "forecast_category_manual, loss_reason, loss_note, open_time, close_time, stage_enter_time, " \
  "details, work, next_step, next_step_due, attributes, delete_time, cloned_from, lead_source"

// Last, beside the row: the revision of its pipeline, for those who are going to apply its rules.
inline constexpr char kListSelect[] =
    "SELECT " CRM_OPPORTUNITY_COLUMNS ", NULL::bigint FROM opportunity";

// The same over the open ones in the order of their expected close dates, which is `due` here.
inline constexpr char kOpenListSelect[] =
    "SELECT " CRM_OPPORTUNITY_COLUMNS
    ", NULL::bigint FROM open_opportunity JOIN opportunity USING (tenant, id)";

inline constexpr pg::Statement kSelect{"opportunity_select",
                                       "SELECT " CRM_OPPORTUNITY_COLUMNS
                                       ", NULL::bigint FROM unnest($1::text[], $2::uuid[]) AS "
                                       "k(tenant, id) JOIN opportunity USING (tenant, id)"};

inline constexpr pg::Statement kSelectForUpdate{
    "opportunity_select_for_update",
    "SELECT " CRM_OPPORTUNITY_COLUMNS
    ", (SELECT p.revision FROM pipeline p WHERE p.tenant = o.tenant AND p.slug = o.pipeline)"
    " FROM unnest($1::text[], $2::uuid[]) AS k(tenant, id) JOIN opportunity o USING (tenant, id)"
    " ORDER BY tenant, id FOR UPDATE OF o"};

inline constexpr pg::Statement kInsert{
    "opportunity_insert",
    "INSERT INTO opportunity (" CRM_OPPORTUNITY_COLUMNS
    ") SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::bigint[]), "
    "unnest($4::timestamptz[]), unnest($5::timestamptz[]), unnest($6::text[]), "
    "unnest($7::uuid[]), unnest($8::uuid[]), unnest($9::text[]), unnest($10::text[]), "
    "unnest($11::text[]), unnest($12::bigint[]), unnest($13::date[]), unnest($14::text[]), "
    "unnest($15::text[]), unnest($16::text[]), unnest($17::bigint[]), unnest($18::smallint[]), "
    "unnest($19::boolean[]), unnest($20::text[]), unnest($21::boolean[]), unnest($22::text[]), "
    "unnest($23::text[]), unnest($24::timestamptz[]), unnest($25::timestamptz[]), "
    "unnest($26::timestamptz[]), unnest($27::jsonb[]), unnest($28::jsonb[]), "
    "unnest($29::text[]), unnest($30::date[]), unnest($31::jsonb[]), unnest($32::timestamptz[]), "
    "unnest($33::uuid[]), unnest($34::text[])"};

#undef CRM_OPPORTUNITY_COLUMNS

// What a stage move changes.
inline constexpr pg::Statement kUpdateStage{
    "opportunity_update_stage",
    "UPDATE opportunity o SET revision = c.revision, update_time = c.update_time, "
    "amount_currency = c.amount_currency, amount_minor = c.amount_minor, stage = c.stage, "
    "stage_type = c.stage_type, stage_version = c.stage_version, probability = c.probability, "
    "probability_manual = c.probability_manual, forecast_category = c.forecast_category, "
    "forecast_category_manual = c.forecast_category_manual, loss_reason = c.loss_reason, "
    "loss_note = c.loss_note, close_time = c.close_time, stage_enter_time = c.stage_enter_time, "
    "pipeline = c.pipeline "
    "FROM (SELECT unnest($1::text[]) AS tenant, unnest($2::uuid[]) AS id, "
    "unnest($3::bigint[]) AS revision, unnest($4::timestamptz[]) AS update_time, "
    "unnest($5::text[]) AS amount_currency, unnest($6::bigint[]) AS amount_minor, "
    "unnest($7::text[]) AS stage, unnest($8::text[]) AS stage_type, "
    "unnest($9::bigint[]) AS stage_version, unnest($10::smallint[]) AS probability, "
    "unnest($11::boolean[]) AS probability_manual, unnest($12::text[]) AS forecast_category, "
    "unnest($13::boolean[]) AS forecast_category_manual, unnest($14::text[]) AS loss_reason, "
    "unnest($15::text[]) AS loss_note, unnest($16::timestamptz[]) AS close_time, "
    "unnest($17::timestamptz[]) AS stage_enter_time, unnest($18::text[]) AS pipeline) AS c "
    "WHERE o.tenant = c.tenant AND o.id = c.id"};

// What an edit changes. A document of NULL stays as it is: none is ever taken back.
inline constexpr pg::Statement kUpdateDetails{
    "opportunity_update_details",
    "UPDATE opportunity o SET revision = c.revision, update_time = c.update_time, "
    "display_name = c.display_name, owner = c.owner, external_id = c.external_id, "
    "amount_currency = c.amount_currency, amount_minor = c.amount_minor, "
    "expected_close_date = c.expected_close_date, probability = c.probability, "
    "probability_manual = c.probability_manual, forecast_category = c.forecast_category, "
    "forecast_category_manual = c.forecast_category_manual, next_step = c.next_step, "
    "next_step_due = c.next_step_due, delete_time = c.delete_time, open_time = c.open_time, "
    "lead = c.lead, lead_source = c.lead_source, details = coalesce(c.details, o.details), "
    "work = coalesce(c.work, o.work), attributes = coalesce(c.attributes, o.attributes) "
    "FROM (SELECT unnest($1::text[]) AS tenant, unnest($2::uuid[]) AS id, "
    "unnest($3::bigint[]) AS revision, unnest($4::timestamptz[]) AS update_time, "
    "unnest($5::text[]) AS display_name, unnest($6::text[]) AS owner, "
    "unnest($7::text[]) AS external_id, unnest($8::text[]) AS amount_currency, "
    "unnest($9::bigint[]) AS amount_minor, unnest($10::date[]) AS expected_close_date, "
    "unnest($11::smallint[]) AS probability, unnest($12::boolean[]) AS probability_manual, "
    "unnest($13::text[]) AS forecast_category, unnest($14::boolean[]) AS forecast_category_manual, "
    "unnest($15::text[]) AS next_step, unnest($16::date[]) AS next_step_due, "
    "unnest($17::timestamptz[]) AS delete_time, unnest($18::timestamptz[]) AS open_time, "
    "unnest($19::jsonb[]) AS details, unnest($20::jsonb[]) AS work, "
    "unnest($21::jsonb[]) AS attributes, unnest($22::uuid[]) AS lead, "
    "unnest($23::text[]) AS lead_source) AS c "
    "WHERE o.tenant = c.tenant AND o.id = c.id"};

// Who holds the ids, external ids and leads wanted: n (1-based), id, lead, and which of the three
// (0, 1, 2), in this order.
inline constexpr pg::Statement kTaken{
    "opportunity_taken",
    "SELECT k.n, o.id, o.lead, 0 "
    "FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS k(tenant, id, n) "
    "JOIN opportunity o ON o.tenant = k.tenant AND o.id = k.id "
    "UNION ALL "
    "SELECT k.n, o.id, o.lead, 1 "
    "FROM unnest($1::text[], $2::uuid[], $3::text[]) WITH ORDINALITY AS k(tenant, id, ext, n) "
    "JOIN opportunity o ON o.tenant = k.tenant AND o.external_id = k.ext AND o.id <> k.id "
    "AND o.delete_time IS NULL "
    "UNION ALL "
    "SELECT k.n, o.id, o.lead, 2 "
    "FROM unnest($1::text[], $2::uuid[], $4::uuid[]) WITH ORDINALITY AS k(tenant, id, lead, n) "
    "JOIN opportunity o ON o.tenant = k.tenant AND o.lead = k.lead AND o.id <> k.id "
    "ORDER BY 4"};

// In the order in which PipelineTable::Read takes them.
#define CRM_PIPELINE_COLUMNS \
  "tenant, id, revision, create_time, update_time, slug, archive_time, definition"
#define CRM_PIPELINE_VALUES                                                    \
  "SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::bigint[]), "      \
  "unnest($4::timestamptz[]), unnest($5::timestamptz[]), unnest($6::text[]), " \
  "unnest($7::timestamptz[]), unnest($8::jsonb[])"

inline constexpr char kPipelineListSelect[] = "SELECT " CRM_PIPELINE_COLUMNS " FROM pipeline";

inline constexpr pg::Statement kPipelineSelect{
    "pipeline_select",
    "SELECT " CRM_PIPELINE_COLUMNS
    " FROM unnest($1::text[], $2::uuid[]) AS k(tenant, id) JOIN pipeline USING (tenant, id)"};

inline constexpr pg::Statement kPipelineSelectForUpdate{
    "pipeline_select_for_update",
    "SELECT " CRM_PIPELINE_COLUMNS
    " FROM unnest($1::text[], $2::uuid[]) AS k(tenant, id) JOIN pipeline p USING (tenant, id)"
    " ORDER BY tenant, id FOR UPDATE OF p"};

inline constexpr pg::Statement kPipelineInsert{
    "pipeline_insert", "INSERT INTO pipeline (" CRM_PIPELINE_COLUMNS ") " CRM_PIPELINE_VALUES};

inline constexpr pg::Statement kPipelineInsertRevision{
    "pipeline_insert_revision",
    "INSERT INTO pipeline_revision (" CRM_PIPELINE_COLUMNS ") " CRM_PIPELINE_VALUES};

// The same two for what every tenant has from the beginning.
inline constexpr pg::Statement kPipelineEnsure{"pipeline_ensure",
                                               "INSERT INTO pipeline (" CRM_PIPELINE_COLUMNS
                                               ") " CRM_PIPELINE_VALUES " ON CONFLICT DO NOTHING"};
inline constexpr pg::Statement kPipelineEnsureRevision{
    "pipeline_ensure_revision", "INSERT INTO pipeline_revision (" CRM_PIPELINE_COLUMNS
                                ") " CRM_PIPELINE_VALUES " ON CONFLICT DO NOTHING"};

inline constexpr pg::Statement kPipelineUpdate{
    "pipeline_update",
    "UPDATE pipeline p SET revision = c.revision, update_time = c.update_time, "
    "archive_time = c.archive_time, definition = c.definition "
    "FROM (SELECT unnest($1::text[]) AS tenant, unnest($2::uuid[]) AS id, "
    "unnest($3::bigint[]) AS revision, unnest($4::timestamptz[]) AS update_time, "
    "unnest($5::timestamptz[]) AS archive_time, unnest($6::jsonb[]) AS definition) AS c "
    "WHERE p.tenant = c.tenant AND p.id = c.id"};

// Which of the ids are taken: n (1-based).
inline constexpr pg::Statement kPipelineTaken{
    "pipeline_taken",
    "SELECT k.n FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS k(tenant, id, n) "
    "JOIN pipeline p ON p.tenant = k.tenant AND p.id = k.id"};

// The pipelines with these ids at these revisions.
inline constexpr pg::Statement kPipelineRevisions{
    "pipeline_revisions",
    "SELECT " CRM_PIPELINE_COLUMNS
    " FROM unnest($1::text[], $2::uuid[], $3::bigint[]) AS k(tenant, id, revision) "
    "JOIN pipeline_revision USING (tenant, id, revision)"};

#undef CRM_PIPELINE_VALUES
#undef CRM_PIPELINE_COLUMNS

// Which of a pipeline's stages have opportunities: a walk over the tenant's if one has none.
inline constexpr pg::Statement kStagesInUse{
    "stages_in_use",
    "SELECT k.stage FROM unnest($3::text[]) AS k(stage) WHERE EXISTS (SELECT FROM opportunity o "
    "WHERE o.tenant = $1::text AND o.pipeline = $2::text AND o.stage = k.stage)"};

inline constexpr pg::Statement kRetire{
    "stage_retire",
    "INSERT INTO stage_retirement (tenant, pipeline, stage, actor, retire_time, due_time) "
    "SELECT unnest($1::text[]), unnest($2::text[]), unnest($3::text[]), unnest($4::text[]), "
    "clock_timestamp(), clock_timestamp() ON CONFLICT (tenant, pipeline, stage) DO UPDATE SET "
    "actor = excluded.actor, retire_time = excluded.retire_time, due_time = excluded.due_time, "
    "pass_time = NULL, "
    "cursor = NULL, failed = 0"};

inline constexpr pg::Statement kUnretire{
    "stage_unretire",
    "DELETE FROM stage_retirement r USING unnest($1::text[], $2::text[], $3::text[]) "
    "AS k(tenant, pipeline, stage) WHERE r.tenant = k.tenant AND r.pipeline = k.pipeline "
    "AND r.stage = k.stage"};

// Takes the retirement that has been due longest, for $1 microseconds.
inline constexpr pg::Statement kClaimRetirement{
    "retirement_claim",
    "UPDATE stage_retirement r SET due_time = clock_timestamp() + $1::bigint * interval '1 us', "
    "pass_time = coalesce(r.pass_time, clock_timestamp()) "
    "FROM (SELECT tenant, pipeline, stage FROM stage_retirement "
    "WHERE due_time <= clock_timestamp() ORDER BY due_time LIMIT 1 FOR UPDATE SKIP LOCKED) AS c "
    "WHERE r.tenant = c.tenant AND r.pipeline = c.pipeline AND r.stage = c.stage "
    "RETURNING r.tenant, r.pipeline, r.stage, r.actor, r.retire_time, r.pass_time, r.cursor, "
    "r.failed"};

// Of the next $5 opportunities of a tenant behind $2 the first $6 that are in the stage, in order;
// then the last of those $5, marked false.
inline constexpr pg::Statement kInRetiredStage{
    "retirement_next",
    "WITH w AS MATERIALIZED (SELECT id, pipeline, stage FROM opportunity WHERE tenant = $1::text "
    "AND id > $2::uuid ORDER BY id LIMIT $5::bigint) "
    "(SELECT id, true FROM w WHERE pipeline = $3::text AND stage = $4::text ORDER BY id "
    "LIMIT $6::bigint) UNION ALL (SELECT id, false FROM w ORDER BY id DESC LIMIT 1)"};

// How far the pass came; the row stays claimed until $5 microseconds from now. Nothing if the stage
// was retired again, or taken back, in the meantime.
inline constexpr pg::Statement kAdvanceRetirement{
    "retirement_advance",
    "UPDATE stage_retirement SET cursor = $6::uuid, failed = $7::bigint, "
    "pass_time = CASE WHEN $8::boolean THEN NULL ELSE pass_time END, "
    "due_time = clock_timestamp() + $5::bigint * interval '1 us' WHERE tenant = $1::text "
    "AND pipeline = $2::text AND stage = $3::text AND retire_time = $4::timestamptz"};

inline constexpr pg::Statement kFinishRetirement{
    "retirement_finish",
    "DELETE FROM stage_retirement WHERE tenant = $1::text AND pipeline = $2::text "
    "AND stage = $3::text AND retire_time = $4::timestamptz"};

inline constexpr pg::Statement kCountRetirements{
    "retirement_count",
    "SELECT count(*), extract(epoch FROM clock_timestamp() - min(retire_time))::bigint "
    "FROM stage_retirement"};

}  // namespace crm::opportunity::statements
