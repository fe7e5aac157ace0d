#pragma once

#include "common/pg/statement.h"

// Every SQL statement of the opportunity service but those of the shared libraries. Arrays are of
// one length and unnested in step; wide rows in a select list, since in FROM every array would be
// copied through a buffer of its own.
namespace crm::opportunity::statements {

// In the order in which OpportunityTable::Read takes them.
#define CRM_OPPORTUNITY_COLUMNS                                                                 \
  "tenant, id, revision, create_time, update_time, display_name, contact, lead, owner, "        \
  "external_id, amount_currency, amount_minor, expected_close_date, pipeline, stage, "          \
  "stage_type, stage_version, probability, probability_manual, forecast_category, "             \
  "forecast_category_manual, loss_reason, loss_note, open_time, close_time, stage_enter_time, " \
  "details, work, next_step, next_step_due, attributes, delete_time, cloned_from"

inline constexpr char kListSelect[] = "SELECT " CRM_OPPORTUNITY_COLUMNS " FROM opportunity";

inline constexpr pg::Statement kSelect{
    "opportunity_select",
    "SELECT " CRM_OPPORTUNITY_COLUMNS
    " FROM unnest($1::text[], $2::uuid[]) AS k(tenant, id) JOIN opportunity USING (tenant, id)"};

inline constexpr pg::Statement kSelectForUpdate{
    "opportunity_select_for_update",
    "SELECT " CRM_OPPORTUNITY_COLUMNS
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
    "unnest($33::uuid[])"};

#undef CRM_OPPORTUNITY_COLUMNS

// What a stage move changes.
inline constexpr pg::Statement kUpdateStage{
    "opportunity_update_stage",
    "UPDATE opportunity o SET revision = c.revision, update_time = c.update_time, "
    "amount_currency = c.amount_currency, amount_minor = c.amount_minor, stage = c.stage, "
    "stage_type = c.stage_type, stage_version = c.stage_version, probability = c.probability, "
    "probability_manual = c.probability_manual, forecast_category = c.forecast_category, "
    "forecast_category_manual = c.forecast_category_manual, loss_reason = c.loss_reason, "
    "loss_note = c.loss_note, close_time = c.close_time, stage_enter_time = c.stage_enter_time "
    "FROM (SELECT unnest($1::text[]) AS tenant, unnest($2::uuid[]) AS id, "
    "unnest($3::bigint[]) AS revision, unnest($4::timestamptz[]) AS update_time, "
    "unnest($5::text[]) AS amount_currency, unnest($6::bigint[]) AS amount_minor, "
    "unnest($7::text[]) AS stage, unnest($8::text[]) AS stage_type, "
    "unnest($9::bigint[]) AS stage_version, unnest($10::smallint[]) AS probability, "
    "unnest($11::boolean[]) AS probability_manual, unnest($12::text[]) AS forecast_category, "
    "unnest($13::boolean[]) AS forecast_category_manual, unnest($14::text[]) AS loss_reason, "
    "unnest($15::text[]) AS loss_note, unnest($16::timestamptz[]) AS close_time, "
    "unnest($17::timestamptz[]) AS stage_enter_time) AS c WHERE o.tenant = c.tenant AND "
    "o.id = c.id"};

// What an edit changes beyond the columns of kUpdateStage.
inline constexpr pg::Statement kUpdateDetails{
    "opportunity_update_details",
    "UPDATE opportunity o SET display_name = c.display_name, owner = c.owner, "
    "external_id = c.external_id, expected_close_date = c.expected_close_date, "
    "details = c.details, work = c.work, next_step = c.next_step, next_step_due = c.next_step_due, "
    "attributes = c.attributes, delete_time = c.delete_time, open_time = c.open_time "
    "FROM (SELECT unnest($1::text[]) AS tenant, unnest($2::uuid[]) AS id, "
    "unnest($3::text[]) AS display_name, unnest($4::text[]) AS owner, "
    "unnest($5::text[]) AS external_id, unnest($6::date[]) AS expected_close_date, "
    "unnest($7::jsonb[]) AS details, "
    "unnest($8::jsonb[]) AS work, unnest($9::text[]) AS next_step, "
    "unnest($10::date[]) AS next_step_due, unnest($11::jsonb[]) AS attributes, "
    "unnest($12::timestamptz[]) AS delete_time, unnest($13::timestamptz[]) AS open_time) AS c "
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

}  // namespace crm::opportunity::statements
