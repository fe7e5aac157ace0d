#pragma once

#include "common/pg/statement.h"

// Every SQL statement of the opportunity service but those of the shared libraries.
namespace crm::opportunity::statements {

// In the order in which OpportunityTable::Read takes them.
#define CRM_OPPORTUNITY_COLUMNS                                                                 \
  "tenant, id, revision, create_time, update_time, display_name, contact, lead, owner, "        \
  "external_id, amount_currency, amount_minor, expected_close_date, pipeline, stage, "          \
  "stage_type, stage_version, probability, probability_manual, forecast_category, "             \
  "forecast_category_manual, loss_reason, loss_note, open_time, close_time, stage_enter_time, " \
  "details"

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
    ") SELECT * FROM unnest("
    "$1::text[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::timestamptz[], $6::text[], "
    "$7::uuid[], $8::uuid[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::date[], "
    "$14::text[], $15::text[], $16::text[], $17::bigint[], $18::smallint[], $19::boolean[], "
    "$20::text[], $21::boolean[], $22::text[], $23::text[], $24::timestamptz[], "
    "$25::timestamptz[], $26::timestamptz[], $27::jsonb[])"};

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
    "FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::text[], "
    "$6::bigint[], $7::text[], $8::text[], $9::bigint[], $10::smallint[], $11::boolean[], "
    "$12::text[], $13::boolean[], $14::text[], $15::text[], $16::timestamptz[], "
    "$17::timestamptz[]) AS c(tenant, id, revision, update_time, amount_currency, amount_minor, "
    "stage, stage_type, stage_version, probability, probability_manual, forecast_category, "
    "forecast_category_manual, loss_reason, loss_note, close_time, stage_enter_time) "
    "WHERE o.tenant = c.tenant AND o.id = c.id"};

// What an edit changes beyond the columns of kUpdateStage.
inline constexpr pg::Statement kUpdateDetails{
    "opportunity_update_details",
    "UPDATE opportunity o SET display_name = c.display_name, owner = c.owner, "
    "external_id = c.external_id, expected_close_date = c.expected_close_date, "
    "details = c.details "
    "FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::date[], "
    "$7::jsonb[]) AS c(tenant, id, display_name, owner, external_id, expected_close_date, details) "
    "WHERE o.tenant = c.tenant AND o.id = c.id"};

// Who holds the ids and external ids wanted: n (1-based), id, lead, whether by id.
inline constexpr pg::Statement kTaken{
    "opportunity_taken",
    "SELECT k.n, o.id, o.lead, true "
    "FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS k(tenant, id, n) "
    "JOIN opportunity o ON o.tenant = k.tenant AND o.id = k.id "
    "UNION ALL "
    "SELECT k.n, o.id, o.lead, false "
    "FROM unnest($1::text[], $2::uuid[], $3::text[]) WITH ORDINALITY AS k(tenant, id, ext, n) "
    "JOIN opportunity o ON o.tenant = k.tenant AND o.external_id = k.ext AND o.id <> k.id"};

}  // namespace crm::opportunity::statements
