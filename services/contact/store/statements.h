#pragma once

#include "common/pg/statement.h"

// Every SQL statement of the contact service.
namespace crm::contact {

#define CRM_CONTACT_COLUMNS                                                                     \
  "contact.tenant, contact.id, contact.revision, contact.create_time, contact.update_time, "    \
  "contact.delete_time, contact.kind, contact.display_name, contact.given_name, "               \
  "contact.family_name, contact.organization, contact.job_title, contact.domain, "              \
  "contact.industry, contact.employee_count, contact.revenue_currency, contact.revenue_minor, " \
  "contact.parent_organization, contact.founded_year, contact.location, contact.emails, "       \
  "contact.phones, contact.owner, contact.external_id, contact.stage, contact.stage_version, "  \
  "contact.stage_time"

#define CRM_ACCOUNT_COLUMNS                                                     \
  "tenant, id, revision, create_time, update_time, customer, display_name, "    \
  "first_opportunity, owner, open_time, status, members, win_count, win_sums, " \
  "last_win_time, stage_version, stage_time"

inline constexpr char kListContacts[] = "SELECT " CRM_CONTACT_COLUMNS " FROM contact";
inline constexpr char kListAccounts[] = "SELECT " CRM_ACCOUNT_COLUMNS " FROM account";

inline constexpr pg::Statement kSelectContacts = {
    "contact_select", "SELECT " CRM_CONTACT_COLUMNS
                      " FROM unnest($1::text[], $2::uuid[]) AS k (t, i) "
                      "JOIN contact ON tenant = k.t AND id = k.i"};

inline constexpr pg::Statement kLockContacts = {
    "contact_lock", "SELECT " CRM_CONTACT_COLUMNS
                    " FROM unnest($1::text[], $2::uuid[]) AS k (t, i) "
                    "JOIN contact ON tenant = k.t AND id = k.i "
                    "ORDER BY contact.tenant, contact.id FOR UPDATE OF contact"};

inline constexpr pg::Statement kInsertContacts = {
    "contact_insert",
    "INSERT INTO contact (tenant, id, revision, create_time, update_time, delete_time, kind, "
    "display_name, given_name, family_name, organization, job_title, domain, industry, "
    "employee_count, revenue_currency, revenue_minor, parent_organization, founded_year, location, "
    "emails, phones, owner, external_id, stage, stage_version, stage_time) "
    "SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::timestamptz[], "
    "$5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::text[], "
    "$11::uuid[], $12::text[], $13::text[], $14::text[], $15::bigint[], $16::text[], "
    "$17::bigint[], $18::uuid[], $19::bigint[], $20::text[], $21::jsonb[], $22::jsonb[], "
    "$23::text[], $24::text[], $25::text[], $26::bigint[], $27::timestamptz[])"};

// Same parameters as kInsertContacts. Stage columns and kind are not an edit's to change.
inline constexpr pg::Statement kUpdateContacts = {
    "contact_update",
    "UPDATE contact c SET revision = u.revision, update_time = u.update_time, "
    "delete_time = u.delete_time, display_name = u.display_name, given_name = u.given_name, "
    "family_name = u.family_name, organization = u.organization, job_title = u.job_title, "
    "domain = u.domain, industry = u.industry, employee_count = u.employee_count, "
    "revenue_currency = u.revenue_currency, revenue_minor = u.revenue_minor, "
    "parent_organization = u.parent_organization, founded_year = u.founded_year, "
    "location = u.location, emails = u.emails, phones = u.phones, owner = u.owner, "
    "external_id = u.external_id "
    "FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::timestamptz[], "
    "$5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::text[], "
    "$11::uuid[], $12::text[], $13::text[], $14::text[], $15::bigint[], $16::text[], "
    "$17::bigint[], $18::uuid[], $19::bigint[], $20::text[], $21::jsonb[], $22::jsonb[], "
    "$23::text[], $24::text[], $25::text[], $26::bigint[], $27::timestamptz[]) "
    "AS u (tenant, id, revision, create_time, update_time, delete_time, kind, display_name, "
    "given_name, family_name, organization, job_title, domain, industry, employee_count, "
    "revenue_currency, revenue_minor, parent_organization, founded_year, location, emails, phones, "
    "owner, external_id, stage, stage_version, stage_time) "
    "WHERE c.tenant = u.tenant AND c.id = u.id"};

// Only the holder can give a key up.
inline constexpr pg::Statement kReleaseKeys = {
    "contact_key_release",
    "DELETE FROM contact_key k USING unnest($1::text[], $2::text[], $3::text[], $4::uuid[]) "
    "AS u (tenant, kind, value, contact) WHERE k.tenant = u.tenant AND k.kind = u.kind "
    "AND k.value = u.value AND k.contact = u.contact"};

// In one order, so that batches that claim the same keys wait for each other and do not deadlock.
inline constexpr pg::Statement kClaimKeys = {
    "contact_key_claim",
    "INSERT INTO contact_key (tenant, kind, value, contact) "
    "SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[]) "
    "AS u (tenant, kind, value, contact) ORDER BY 1, 2, 3"};

inline constexpr pg::Statement kFindKeys = {
    "contact_key_find",
    "SELECT k.tenant, k.kind, k.value, k.contact "
    "FROM unnest($1::text[], $2::text[], $3::text[]) AS u (tenant, kind, value) "
    "JOIN contact_key k ON k.tenant = u.tenant AND k.kind = u.kind AND k.value = u.value"};

inline constexpr pg::Statement kRequireOrganizations = {
    "contact_require_organizations", "SELECT require_organizations($1::text[], $2::uuid[])"};

// Which of these contacts are there, and which of them are live organizations.
inline constexpr pg::Statement kFindContacts = {
    "contact_find",
    "SELECT c.tenant, c.id, c.kind = 'ORGANIZATION' AND c.delete_time IS NULL "
    "FROM unnest($1::text[], $2::uuid[]) AS k (t, i) JOIN contact c ON c.tenant = k.t "
    "AND c.id = k.i"};

inline constexpr pg::Statement kSelectAccounts = {
    "account_select", "SELECT " CRM_ACCOUNT_COLUMNS
                      " FROM unnest($1::text[], $2::uuid[]) AS k (t, i) "
                      "JOIN account ON tenant = k.t AND id = k.i"};

inline constexpr pg::Statement kLockAccounts = {
    "account_lock",
    "SELECT " CRM_ACCOUNT_COLUMNS
    " FROM unnest($1::text[], $2::uuid[]) AS k (t, i) "
    "JOIN account ON tenant = k.t AND id = k.i ORDER BY tenant, id FOR UPDATE OF account"};

inline constexpr pg::Statement kWriteAccounts = {
    "account_write",
    "INSERT INTO account (tenant, id, revision, create_time, update_time, customer, "
    "display_name, first_opportunity, owner, open_time, status, members, win_count, win_sums, "
    "last_win_time, stage_version, stage_time) "
    "SELECT tenant, id, revision, create_time, update_time, customer, display_name, "
    "first_opportunity, owner, open_time, status, members::uuid[], win_count, win_sums, "
    "last_win_time, stage_version, stage_time "
    "FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::timestamptz[], "
    "$6::uuid[], $7::text[], $8::uuid[], $9::text[], $10::timestamptz[], $11::text[], "
    "$12::text[], $13::bigint[], $14::jsonb[], $15::timestamptz[], $16::bigint[], "
    "$17::timestamptz[]) AS u (tenant, id, revision, create_time, update_time, customer, "
    "display_name, first_opportunity, owner, open_time, status, members, win_count, win_sums, "
    "last_win_time, stage_version, stage_time) "
    "ON CONFLICT ON CONSTRAINT account_pkey DO UPDATE SET revision = excluded.revision, "
    "update_time = excluded.update_time, members = excluded.members, "
    "win_count = excluded.win_count, win_sums = excluded.win_sums, "
    "last_win_time = excluded.last_win_time, stage_version = excluded.stage_version, "
    "stage_time = excluded.stage_time"};

// For accounts from which a win was taken back, after the wins are written.
inline constexpr pg::Statement kFindLastWins = {
    "account_last_win",
    "UPDATE account a SET last_win_time = (SELECT max(w.win_time) FROM account_win w "
    "WHERE w.tenant = a.tenant AND w.account = a.id) "
    "FROM unnest($1::text[], $2::uuid[]) AS k (t, i) WHERE a.tenant = k.t AND a.id = k.i"};

inline constexpr pg::Statement kWriteWins = {
    "account_win_write",
    "INSERT INTO account_win (tenant, opportunity, account, contact, currency, amount_minor, "
    "win_time) SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], "
    "$6::bigint[], $7::timestamptz[]) "
    "ON CONFLICT ON CONSTRAINT account_win_pkey DO UPDATE SET account = excluded.account, "
    "contact = excluded.contact, currency = excluded.currency, "
    "amount_minor = excluded.amount_minor, win_time = excluded.win_time"};

inline constexpr pg::Statement kDeleteWins = {
    "account_win_delete",
    "DELETE FROM account_win w USING unnest($1::text[], $2::uuid[]) AS k (t, i) "
    "WHERE w.tenant = k.t AND w.opportunity = k.i"};

// The two streams' batches take turns: one may touch what the other foretells. Held to the end of
// the transaction.
inline constexpr pg::Statement kTakeLifecycleTurn = {
    "lifecycle_turn", "SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.lifecycle'))"};

// The contacts of the events ($1, $2), those of the things as stored ($3, $4, $5), and the
// organizations of winners ($6, $7), locked in id order as every writer does.
inline constexpr pg::Statement kLockTracked = {
    "lifecycle_lock",
    "WITH touched AS ("
    " SELECT t, i FROM unnest($1::text[], $2::uuid[]) AS k (t, i)"
    " UNION SELECT e.tenant, e.contact FROM unnest($3::text[], $4::text[], $5::uuid[]) "
    "AS k (t, kind, i) JOIN contact_engagement e ON e.tenant = k.t AND e.kind = k.kind "
    "AND e.thing = k.i"
    " UNION SELECT p.tenant, p.organization FROM unnest($6::text[], $7::uuid[]) AS k (t, i) "
    "JOIN contact p ON p.tenant = k.t AND p.id = k.i WHERE p.organization IS NOT NULL) "
    "SELECT c.tenant, c.id, c.organization, c.display_name, c.owner, c.stage, c.stage_version, "
    "c.stage_time, coalesce(l.live_leads, 0), coalesce(l.live_opportunities, 0) "
    "FROM touched k JOIN contact c ON c.tenant = k.t AND c.id = k.i "
    "LEFT JOIN contact_lifecycle l ON l.tenant = c.tenant AND l.contact = c.id "
    "ORDER BY c.tenant, c.id FOR UPDATE OF c"};

inline constexpr pg::Statement kSelectEngagements = {
    "lifecycle_engagements",
    "SELECT e.tenant, e.kind, e.thing, e.contact, e.version, e.state, w.account, w.contact, "
    "w.currency, w.amount_minor, w.win_time "
    "FROM unnest($1::text[], $2::text[], $3::uuid[]) AS k (t, kind, i) "
    "JOIN contact_engagement e ON e.tenant = k.t AND e.kind = k.kind AND e.thing = k.i "
    "LEFT JOIN account_win w ON e.state = 'won' AND w.tenant = e.tenant "
    "AND w.opportunity = e.thing"};

inline constexpr pg::Statement kWriteEngagements = {
    "lifecycle_engagement_write",
    "INSERT INTO contact_engagement (tenant, kind, thing, contact, version, state) "
    "SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[], $5::bigint[], "
    "$6::text[]) ON CONFLICT ON CONSTRAINT contact_engagement_pkey DO UPDATE "
    "SET contact = excluded.contact, version = excluded.version, state = excluded.state"};

inline constexpr pg::Statement kWriteCounts = {
    "lifecycle_count_write",
    "INSERT INTO contact_lifecycle (tenant, contact, live_leads, live_opportunities) "
    "SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[]) "
    "ON CONFLICT ON CONSTRAINT contact_lifecycle_pkey DO UPDATE "
    "SET live_leads = excluded.live_leads, live_opportunities = excluded.live_opportunities"};

inline constexpr pg::Statement kMoveContacts = {
    "lifecycle_move",
    "UPDATE contact c SET revision = c.revision + 1, update_time = u.now, stage = u.stage, "
    "stage_version = u.version, stage_time = u.time "
    "FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[], $5::timestamptz[], "
    "$6::timestamptz[]) AS u (tenant, id, stage, version, time, now) "
    "WHERE c.tenant = u.tenant AND c.id = u.id"};

}  // namespace crm::contact
