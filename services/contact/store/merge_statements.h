#pragma once

#include "common/pg/statement.h"

// The SQL statements of merging contacts. They run in the turn of the lifecycle, so that nobody
// else changes what contacts are part of. $1 is the tenant, but for the last two.
namespace crm::contact {

#define CRM_MERGE_COLUMNS "contact, survivor, head, id, merge_time, taken"

// $2 contact.
inline constexpr pg::Statement kSelectMerge = {
    "merge_select", "SELECT " CRM_MERGE_COLUMNS
                    " FROM contact_merge WHERE tenant = $1::text AND contact = $2::uuid"};

// What the contact $2 took from others after the merge $3, in order.
inline constexpr pg::Statement kSelectLaterMerges = {
    "merge_select_later", "SELECT " CRM_MERGE_COLUMNS
                          " FROM contact_merge WHERE tenant = $1::text AND survivor = $2::uuid "
                          "AND id > $3::uuid ORDER BY id"};

// Those that are part of the contact $2 by way of merges into it.
inline constexpr pg::Statement kSelectParts = {
    "merge_select_parts",
    "WITH RECURSIVE part (id) AS ("
    " SELECT contact FROM contact_merge WHERE tenant = $1::text AND survivor = $2::uuid"
    " UNION SELECT m.contact FROM part p JOIN contact_merge m ON m.tenant = $1::text "
    "AND m.survivor = p.id) SELECT id FROM part ORDER BY id"};

inline constexpr pg::Statement kInsertMerges = {
    "merge_insert",
    "INSERT INTO contact_merge (tenant, contact, survivor, head, id, merge_time, taken) "
    "SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::uuid[]), unnest($4::uuid[]), "
    "unnest($5::uuid[]), unnest($6::timestamptz[]), unnest($7::jsonb[])"};

// Arrays of tenants, contacts and what was taken.
inline constexpr pg::Statement kUpdateTaken = {
    "merge_update_taken",
    "UPDATE contact_merge m SET taken = u.taken FROM (SELECT unnest($1::text[]) AS tenant, "
    "unnest($2::uuid[]) AS contact, unnest($3::jsonb[]) AS taken) AS u "
    "WHERE m.tenant = u.tenant AND m.contact = u.contact"};

inline constexpr pg::Statement kDeleteMerge = {
    "merge_delete", "DELETE FROM contact_merge WHERE tenant = $1::text AND contact = $2::uuid"};

// The keys of the contacts $2 that no survivor takes for its own, as their rows have them.
#define CRM_KEYS_OF_ROWS                                                                     \
  "FROM contact c CROSS JOIN LATERAL (VALUES ('domain', c.domain), ('external_id', "         \
  "c.external_id)) AS k (kind, value) WHERE c.tenant = $1::text AND c.id = ANY($2::uuid[]) " \
  "AND k.value <> ''"
inline constexpr pg::Statement kAddFormerKeys = {
    "merge_add_former_keys",
    "INSERT INTO contact_former_key (tenant, kind, value, contact) "
    "SELECT c.tenant, k.kind, k.value, c.id " CRM_KEYS_OF_ROWS " ON CONFLICT DO NOTHING"};
inline constexpr pg::Statement kRemoveFormerKeys = {
    "merge_remove_former_keys",
    "DELETE FROM contact_former_key f USING (SELECT c.tenant, k.kind, k.value, "
    "c.id " CRM_KEYS_OF_ROWS
    ") AS r WHERE f.tenant = r.tenant AND f.kind = r.kind AND f.value = r.value "
    "AND f.contact = r.id"};
#undef CRM_KEYS_OF_ROWS

// The contact $2 was part of $3, and is no longer.
inline constexpr pg::Statement kAddParted = {
    "merge_add_parted",
    "INSERT INTO contact_parted (tenant, contact, survivor) VALUES ($1::text, $2::uuid, $3::uuid) "
    "ON CONFLICT DO NOTHING"};

// The contacts $2 are part of $3 from now on, or of nobody.
inline constexpr pg::Statement kSetMergedInto = {
    "merge_set_contacts",
    "UPDATE contact SET merged_into = $3::uuid WHERE tenant = $1::text AND id = ANY($2::uuid[])"};

// What is part of the contacts $2 is part of $3 from now on: contacts, then accounts ($4 the new
// head's), then the merges that say so.
inline constexpr pg::Statement kRepointContacts = {
    "merge_repoint_contacts",
    "UPDATE contact c SET merged_into = $3::uuid FROM contact_merge m WHERE m.tenant = $1::text "
    "AND m.head = ANY($2::uuid[]) AND c.tenant = m.tenant AND c.id = m.contact"};
inline constexpr pg::Statement kRepointAccounts = {
    "merge_repoint_accounts",
    "UPDATE account a SET merged_into = $3::uuid FROM contact_merge m WHERE m.tenant = $1::text "
    "AND m.head = ANY($2::uuid[]) AND a.tenant = m.tenant AND a.customer = m.contact"};
inline constexpr pg::Statement kRepointMerges = {
    "merge_repoint_merges",
    "UPDATE contact_merge SET head = $3::uuid WHERE tenant = $1::text "
    "AND head = ANY($2::uuid[])"};

// The same for the contacts $2 themselves.
inline constexpr pg::Statement kSetHeadAccounts = {
    "merge_set_accounts",
    "UPDATE account SET merged_into = $3::uuid WHERE tenant = $1::text "
    "AND customer = ANY($2::uuid[])"};
inline constexpr pg::Statement kSetHeads = {
    "merge_set_heads",
    "UPDATE contact_merge SET head = $3::uuid WHERE tenant = $1::text "
    "AND contact = ANY($2::uuid[])"};

// The sales of the accounts $2 count for $3.
inline constexpr pg::Statement kMoveWins = {
    "merge_move_wins",
    "UPDATE account_win SET home = coalesce(home, account), account = $3::uuid "
    "WHERE tenant = $1::text AND account = ANY($2::uuid[])"};

// Those of the account $2 whose home is among $3, summed by currency.
inline constexpr pg::Statement kSumWins = {
    "merge_sum_wins",
    "SELECT currency, count(*), sum(amount_minor)::bigint, max(win_time), min(win_time), "
    "(array_agg(opportunity ORDER BY win_time, opportunity))[1], array_agg(DISTINCT contact) "
    "FROM account_win WHERE tenant = $1::text AND account = $2::uuid "
    "AND coalesce(home, account) = ANY($3::uuid[]) GROUP BY currency"};

// And they count for $4 again.
inline constexpr pg::Statement kMoveWinsBack = {
    "merge_move_wins_back",
    "UPDATE account_win SET account = $4::uuid, home = nullif(coalesce(home, account), $4::uuid) "
    "WHERE tenant = $1::text AND account = $2::uuid AND coalesce(home, account) = ANY($3::uuid[])"};

// Of each of the contacts $2: how many persons work or have worked there, and are part of it.
inline constexpr pg::Statement kCountReferences = {
    "merge_count_references",
    "SELECT k.id, (SELECT count(*) FROM contact_employment e WHERE e.tenant = $1::text "
    "AND e.organization = k.id), "
    "(SELECT count(*) FROM contact_merge m WHERE m.tenant = $1::text AND m.head = k.id) "
    "FROM unnest($2::uuid[]) AS k (id)"};

// Who holds each key: arrays of tenant, kind and value. What nobody holds and contacts had that are
// part of others by now is these others'.
inline constexpr pg::Statement kFindByKeys = {
    "contact_find_by_keys",
    "WITH u AS (SELECT unnest($1::text[]) AS tenant, unnest($2::text[]) AS kind, "
    "unnest($3::text[]) AS value) SELECT k.tenant, k.kind, k.value, k.contact FROM u "
    "JOIN contact_key k ON k.tenant = u.tenant AND k.kind = u.kind AND k.value = u.value "
    "UNION ALL SELECT u.tenant, u.kind, u.value, c.merged_into FROM u "
    "JOIN contact_former_key f ON f.tenant = u.tenant AND f.kind = u.kind AND f.value = u.value "
    "JOIN contact c ON c.tenant = f.tenant AND c.id = f.contact "
    "WHERE c.merged_into IS NOT NULL AND NOT EXISTS (SELECT FROM contact_key k "
    "WHERE k.tenant = u.tenant AND k.kind = u.kind AND k.value = u.value)"};

// What the lifecycle counts of contacts that had to do with a merge; after kInsertCounts and
// kUpdateCounts.
inline constexpr pg::Statement kWriteShares = {
    "lifecycle_share_write",
    "INSERT INTO contact_lifecycle (tenant, contact, live_leads, live_opportunities, customer, "
    "merged_leads, merged_opportunities, merged_customers) "
    "SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::bigint[]), unnest($4::bigint[]), "
    "unnest($5::boolean[]), unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::bigint[]) "
    "ON CONFLICT ON CONSTRAINT contact_lifecycle_pkey DO UPDATE SET customer = excluded.customer, "
    "merged_leads = excluded.merged_leads, merged_opportunities = excluded.merged_opportunities, "
    "merged_customers = excluded.merged_customers"};

}  // namespace crm::contact
