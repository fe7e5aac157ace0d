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
  "contact.stage_time, contact.move_count, contact.employments, contact.attributes, "           \
  "contact.erase_time, contact.merged_into"

#define CRM_ACCOUNT_COLUMNS                                                            \
  "tenant, id, revision, create_time, update_time, customer, display_name, "           \
  "first_opportunity, owner, open_time, status, members, win_count, win_sums, "        \
  "last_win_time, stage_version, stage_time, member_roles, close_reason, close_note, " \
  "attributes, merged_into"

inline constexpr char kListContacts[] = "SELECT " CRM_CONTACT_COLUMNS " FROM contact";
inline constexpr char kListAccounts[] = "SELECT " CRM_ACCOUNT_COLUMNS " FROM account";

inline constexpr pg::Statement kSelectContacts = {
    "contact_select", "SELECT " CRM_CONTACT_COLUMNS
                      " FROM unnest($1::text[], $2::uuid[]) AS k (t, i) "
                      "JOIN contact ON tenant = k.t AND id = k.i"};

// Who refers to an organization holds its key (require_organizations) and waits for none of these.
inline constexpr pg::Statement kLockContacts = {
    "contact_lock", "SELECT " CRM_CONTACT_COLUMNS
                    " FROM unnest($1::text[], $2::uuid[]) AS k (t, i) "
                    "JOIN contact ON tenant = k.t AND id = k.i "
                    "ORDER BY contact.tenant, contact.id FOR NO KEY UPDATE OF contact"};

// Of organizations that are about to be deleted: waits for those who are referring to them.
inline constexpr pg::Statement kLockDeletedContacts = {
    "contact_lock_deleted",
    "SELECT FROM unnest($1::text[], $2::uuid[]) AS k (t, i) JOIN contact ON tenant = k.t AND "
    "id = k.i ORDER BY contact.tenant, contact.id FOR UPDATE OF contact"};

inline constexpr pg::Statement kInsertContacts = {
    "contact_insert",
    "INSERT INTO contact (tenant, id, revision, create_time, update_time, delete_time, kind, "
    "display_name, given_name, family_name, organization, job_title, domain, industry, "
    "employee_count, revenue_currency, revenue_minor, parent_organization, founded_year, location, "
    "emails, phones, owner, external_id, stage, stage_version, stage_time, employments, "
    "attributes) "
    "SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::bigint[]), "
    "unnest($4::timestamptz[]), unnest($5::timestamptz[]), unnest($6::timestamptz[]), "
    "unnest($7::text[]), unnest($8::text[]), unnest($9::text[]), unnest($10::text[]), "
    "unnest($11::uuid[]), unnest($12::text[]), unnest($13::text[]), unnest($14::text[]), "
    "unnest($15::bigint[]), unnest($16::text[]), unnest($17::bigint[]), unnest($18::uuid[]), "
    "unnest($19::bigint[]), unnest($20::text[]), unnest($21::jsonb[]), unnest($22::jsonb[]), "
    "unnest($23::text[]), unnest($24::text[]), unnest($25::text[]), unnest($26::bigint[]), "
    "unnest($27::timestamptz[]), unnest($28::jsonb[]), unnest($29::jsonb[])"};

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
    "external_id = u.external_id, employments = u.employments, "
    "attributes = u.attributes "
    "FROM (SELECT unnest($1::text[]) AS tenant, unnest($2::uuid[]) AS id, "
    "unnest($3::bigint[]) AS revision, unnest($4::timestamptz[]) AS create_time, "
    "unnest($5::timestamptz[]) AS update_time, unnest($6::timestamptz[]) AS delete_time, "
    "unnest($7::text[]) AS kind, unnest($8::text[]) AS display_name, "
    "unnest($9::text[]) AS given_name, unnest($10::text[]) AS family_name, "
    "unnest($11::uuid[]) AS organization, unnest($12::text[]) AS job_title, "
    "unnest($13::text[]) AS domain, unnest($14::text[]) AS industry, "
    "unnest($15::bigint[]) AS employee_count, unnest($16::text[]) AS revenue_currency, "
    "unnest($17::bigint[]) AS revenue_minor, unnest($18::uuid[]) AS parent_organization, "
    "unnest($19::bigint[]) AS founded_year, unnest($20::text[]) AS location, "
    "unnest($21::jsonb[]) AS emails, unnest($22::jsonb[]) AS phones, "
    "unnest($23::text[]) AS owner, unnest($24::text[]) AS external_id, "
    "unnest($25::text[]) AS stage, unnest($26::bigint[]) AS stage_version, "
    "unnest($27::timestamptz[]) AS stage_time, unnest($28::jsonb[]) AS employments, "
    "unnest($29::jsonb[]) AS attributes) AS u WHERE "
    "c.tenant = u.tenant AND c.id = u.id"};

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

// Who is employed where; $1 tenants, $2 organizations, $3 contacts.
inline constexpr pg::Statement kReleaseEmployments = {
    "contact_employment_release",
    "DELETE FROM contact_employment e USING unnest($1::text[], $2::uuid[], $3::uuid[]) "
    "AS u (tenant, organization, contact) WHERE e.tenant = u.tenant "
    "AND e.organization = u.organization AND e.contact = u.contact"};

inline constexpr pg::Statement kAddEmployments = {
    "contact_employment_add",
    "INSERT INTO contact_employment (tenant, organization, contact) "
    "SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[]) "
    "AS u (tenant, organization, contact) ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING"};

inline constexpr pg::Statement kFindKeys = {
    "contact_key_find",
    "SELECT k.tenant, k.kind, k.value, k.contact "
    "FROM unnest($1::text[], $2::text[], $3::text[]) AS u (tenant, kind, value) "
    "JOIN contact_key k ON k.tenant = u.tenant AND k.kind = u.kind AND k.value = u.value"};

// Of all tenants, for the service's own work: $1 tenant and $2 id of the last one, $3 limit.
inline constexpr pg::Statement kContactsAfter = {
    "contacts_after", "SELECT " CRM_CONTACT_COLUMNS
                      " FROM contact WHERE (tenant, id) > ($1::text, $2::uuid) "
                      "ORDER BY tenant, id LIMIT $3::int"};

inline constexpr pg::Statement kRequireOrganizations = {
    "contact_require_organizations", "SELECT require_organizations($1::text[], $2::uuid[])"};

// Which of these contacts are there, and which of them are live organizations.
inline constexpr pg::Statement kFindContacts = {
    "contact_find",
    "SELECT c.tenant, c.id, "
    "c.kind = 'ORGANIZATION' AND (c.delete_time IS NULL OR c.merged_into IS NOT NULL) "
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
    "last_win_time, stage_version, stage_time, member_roles, close_reason, close_note, "
    "attributes, merged_into) "
    "SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::bigint[]), "
    "unnest($4::timestamptz[]), unnest($5::timestamptz[]), unnest($6::uuid[]), unnest($7::text[]), "
    "unnest($8::uuid[]), unnest($9::text[]), unnest($10::timestamptz[]), unnest($11::text[]), "
    "unnest($12::text[])::uuid[], unnest($13::bigint[]), unnest($14::jsonb[]), "
    "unnest($15::timestamptz[]), unnest($16::bigint[]), unnest($17::timestamptz[]), "
    "unnest($18::jsonb[]), unnest($19::text[]), unnest($20::text[]), unnest($21::jsonb[]), "
    "unnest($22::uuid[]) "
    "ON CONFLICT ON CONSTRAINT account_pkey DO UPDATE SET revision = excluded.revision, "
    "update_time = excluded.update_time, open_time = excluded.open_time, "
    "owner = excluded.owner, status = excluded.status, member_roles = excluded.member_roles, "
    "close_reason = excluded.close_reason, close_note = excluded.close_note, "
    "attributes = excluded.attributes, merged_into = excluded.merged_into, "
    "members = excluded.members, win_count = excluded.win_count, win_sums = excluded.win_sums, "
    "last_win_time = excluded.last_win_time, stage_version = excluded.stage_version, "
    "stage_time = excluded.stage_time"};

// For accounts whose latest win was removed, after the wins are written.
inline constexpr pg::Statement kFindLastWins = {
    "account_last_win",
    "UPDATE account a SET last_win_time = (SELECT max(w.win_time) FROM account_win w "
    "WHERE w.tenant = a.tenant AND w.account = a.id) "
    "FROM unnest($1::text[], $2::uuid[]) AS k (t, i) WHERE a.tenant = k.t AND a.id = k.i"};

inline constexpr pg::Statement kWriteWins = {
    "account_win_write",
    "INSERT INTO account_win (tenant, opportunity, account, contact, currency, amount_minor, "
    "win_time, home) SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::uuid[]), "
    "unnest($4::uuid[]), unnest($5::text[]), unnest($6::bigint[]), unnest($7::timestamptz[]), "
    "unnest($8::uuid[]) "
    "ON CONFLICT ON CONSTRAINT account_win_pkey DO UPDATE SET account = excluded.account, "
    "home = excluded.home, "
    "contact = excluded.contact, currency = excluded.currency, "
    "amount_minor = excluded.amount_minor, win_time = excluded.win_time"};

inline constexpr pg::Statement kDeleteWins = {
    "account_win_delete",
    "DELETE FROM account_win w USING unnest($1::text[], $2::uuid[]) AS k (t, i) "
    "WHERE w.tenant = k.t AND w.opportunity = k.i"};

// The two streams' batches take turns: a lead's event may name an opportunity of the other stream.
// Held to the end of the transaction.
inline constexpr pg::Statement kTakeLifecycleTurn = {
    "lifecycle_turn", "SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.lifecycle'))"};

// Contacts ($1, $2) and the organizations of winners ($3, $4). Not locked: what is written of them
// is the lifecycle's own, and its batches take turns. Who has no organization adds NULL,
// which no contact is; saying so would invite a walk of the index of those who have one.
inline constexpr pg::Statement kSelectTracked = {
    "lifecycle_contacts",
    "SELECT c.tenant, c.id, c.organization, c.display_name, c.owner, c.stage, c.stage_version, "
    "c.stage_time, l.live_leads, l.live_opportunities, c.merged_into, l.customer, "
    "l.merged_leads, l.merged_opportunities, l.merged_customers FROM ("
    " SELECT unnest($1::text[]) AS t, unnest($2::uuid[]) AS i"
    " UNION SELECT p.tenant, p.organization"
    " FROM (SELECT unnest($3::text[]) AS t, unnest($4::uuid[]) AS i) AS w"
    " JOIN contact p ON p.tenant = w.t AND p.id = w.i) AS k "
    "JOIN contact c ON c.tenant = k.t AND c.id = k.i "
    "LEFT JOIN contact_lifecycle l ON l.tenant = c.tenant AND l.contact = c.id"};

// With the wins of those that are won; a search for NULL costs nothing.
inline constexpr pg::Statement kSelectEngagements = {
    "lifecycle_engagements",
    "SELECT e.tenant, e.kind, e.thing, e.contact, e.version, e.state, w.account, w.contact, "
    "w.currency, w.amount_minor, w.win_time, w.home "
    "FROM (SELECT unnest($1::text[]) AS t, unnest($2::text[]) AS kind, unnest($3::uuid[]) AS i) "
    "AS k JOIN contact_engagement e ON e.tenant = k.t AND e.kind = k.kind AND e.thing = k.i "
    "LEFT JOIN account_win w ON w.tenant = e.tenant "
    "AND w.opportunity = CASE WHEN e.state = 'won' THEN e.thing END"};

// Whether a row is there is known since it was read in this turn. ON CONFLICT would cost a record
// of its own in the log, to confirm the row or to lock it.
inline constexpr pg::Statement kInsertEngagements = {
    "lifecycle_engagement_insert",
    "INSERT INTO contact_engagement (tenant, kind, thing, contact, version, state) "
    "SELECT unnest($1::text[]), unnest($2::text[]), unnest($3::uuid[]), unnest($4::uuid[]), "
    "unnest($5::bigint[]), unnest($6::text[])"};

inline constexpr pg::Statement kUpdateEngagements = {
    "lifecycle_engagement_update",
    "UPDATE contact_engagement e SET contact = u.contact, version = u.version, state = u.state "
    "FROM (SELECT unnest($1::text[]) AS tenant, unnest($2::text[]) AS kind, "
    "unnest($3::uuid[]) AS thing, unnest($4::uuid[]) AS contact, unnest($5::bigint[]) AS version, "
    "unnest($6::text[]) AS state) AS u "
    "WHERE e.tenant = u.tenant AND e.kind = u.kind AND e.thing = u.thing"};

inline constexpr pg::Statement kInsertCounts = {
    "lifecycle_count_insert",
    "INSERT INTO contact_lifecycle (tenant, contact, live_leads, live_opportunities) "
    "SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::bigint[]), unnest($4::bigint[])"};

inline constexpr pg::Statement kUpdateCounts = {
    "lifecycle_count_update",
    "UPDATE contact_lifecycle l SET live_leads = u.leads, live_opportunities = u.opportunities "
    "FROM (SELECT unnest($1::text[]) AS tenant, unnest($2::uuid[]) AS contact, "
    "unnest($3::bigint[]) AS leads, unnest($4::bigint[]) AS opportunities) AS u "
    "WHERE l.tenant = u.tenant AND l.contact = u.contact"};

inline constexpr pg::Statement kLockMoved = {
    "lifecycle_lock",
    "SELECT FROM (SELECT unnest($1::text[]) AS t, unnest($2::uuid[]) AS i) AS k "
    "JOIN contact ON tenant = k.t AND id = k.i ORDER BY tenant, id FOR NO KEY UPDATE OF contact"};

// Before kMoveContacts, whose revisions these are; the rows are locked.
inline constexpr pg::Statement kRecordMoves = {
    "lifecycle_revisions",
    "INSERT INTO revision (tenant, id, revision, record_time, previous_time, actor, method, "
    "changes) SELECT c.tenant, c.id, c.revision + 1, u.now, c.update_time, u.actor, u.method, "
    "u.changes FROM (SELECT unnest($1::text[]) AS tenant, unnest($2::uuid[]) AS id, "
    "unnest($3::timestamptz[]) AS now, unnest($4::text[]) AS actor, unnest($5::text[]) AS method, "
    "unnest($6::text[]) AS changes) AS u JOIN contact c ON c.tenant = u.tenant AND c.id = u.id"};

inline constexpr pg::Statement kMoveContacts = {
    "lifecycle_move",
    "UPDATE contact c SET revision = c.revision + 1, move_count = c.move_count + 1, "
    "update_time = u.now, stage = u.stage, stage_version = u.version, stage_time = u.time "
    "FROM (SELECT unnest($1::text[]) AS tenant, unnest($2::uuid[]) AS id, "
    "unnest($3::text[]) AS stage, unnest($4::bigint[]) AS version, "
    "unnest($5::timestamptz[]) AS time, unnest($6::timestamptz[]) AS now) AS u "
    "WHERE c.tenant = u.tenant AND c.id = u.id"};

}  // namespace crm::contact
