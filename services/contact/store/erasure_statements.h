#pragma once

#include "common/pg/statement.h"

// The statements of erasures.
namespace crm::contact {

// What is one with the contact $2 of the tenant $1, each with whether the others are part of it:
// the contact itself, or the one that it is part of, first. A contact that is erased already is
// alone.
inline constexpr pg::Statement kFindErasedGroup = {
    "erasure_group",
    "WITH head AS (SELECT CASE WHEN erase_time IS NULL THEN coalesce(merged_into, id) ELSE id END "
    "AS id FROM contact WHERE tenant = $1::text AND id = $2::uuid) SELECT id, true FROM head "
    "UNION ALL SELECT m.contact, false FROM head JOIN contact_merge m ON m.tenant = $1::text "
    "AND m.head = head.id"};

// Whom the contacts $2 were part of once, and those in turn.
inline constexpr pg::Statement kFindFormerSurvivors = {
    "erasure_former_survivors",
    "WITH RECURSIVE former (id) AS (SELECT survivor FROM contact_parted WHERE tenant = $1::text "
    "AND contact = ANY ($2::uuid[]) UNION SELECT p.survivor FROM former f JOIN contact_parted p "
    "ON p.tenant = $1::text AND p.contact = f.id) SELECT id FROM former "
    "WHERE id <> ALL ($2::uuid[]) ORDER BY id"};

// What a survivor took from the contacts that are part of $2, and by what these are found.
inline constexpr pg::Statement kDropErasedFormerKeys = {
    "erasure_drop_former_keys",
    "DELETE FROM contact_former_key WHERE tenant = $1::text AND contact = ANY ($2::uuid[])"};
inline constexpr pg::Statement kDropErasedMerges = {
    "erasure_drop_merges", "DELETE FROM contact_merge WHERE tenant = $1::text AND head = $2::uuid"};

// What is to be erased: the contact and the account that it has. $1 tenant, $2 contact.
inline constexpr pg::Statement kLockErased = {
    "erasure_lock",
    "SELECT c.revision - c.move_count, c.delete_time, c.erase_time, a.id FROM contact c "
    "LEFT JOIN account a ON a.tenant = c.tenant AND a.customer = c.id "
    "WHERE c.tenant = $1::text AND c.id = $2::uuid FOR UPDATE OF c"};

inline constexpr pg::Statement kMarkErased = {
    "erasure_mark",
    "UPDATE contact SET erase_time = coalesce(erase_time, $3::timestamptz), "
    "delete_time = coalesce(delete_time, $3::timestamptz) "
    "WHERE tenant = $1::text AND id = $2::uuid"};

inline constexpr pg::Statement kReleaseErasedKeys = {
    "erasure_release_keys",
    "DELETE FROM contact_key WHERE tenant = $1::text AND contact = $2::uuid"};

// As a person whom somebody employs; those whom the contact employs stay theirs.
inline constexpr pg::Statement kReleaseErasedEmployments = {
    "erasure_release_employments",
    "DELETE FROM contact_employment WHERE tenant = $1::text AND contact = $2::uuid"};

// Tenant, contact, reason, actor, now, ask's event, again time (NULL: never again), what it is part
// of (NULL: nothing). Who and when of the first time stay.
inline constexpr pg::Statement kWriteErasure = {
    "erasure_write",
    "INSERT INTO contact_erasure (tenant, contact, reason, actor, erase_time, ask_event, ask_time, "
    "again_time, along_with) VALUES ($1::text, $2::uuid, $3::text, $4::text, $5::timestamptz, "
    "$6::uuid, $5::timestamptz, $7::timestamptz, $8::uuid) ON CONFLICT ON CONSTRAINT "
    "contact_erasure_pkey DO UPDATE "
    "SET "
    "ask_event = excluded.ask_event, ask_time = excluded.ask_time, "
    "again_time = excluded.again_time, done_time = NULL"};

inline constexpr pg::Statement kWriteParts = {
    "erasure_write_parts",
    "INSERT INTO contact_erasure_part (tenant, contact, service) "
    "SELECT $1::text, $2::uuid, unnest($3::text[]) ON CONFLICT DO NOTHING"};

// What searches find the contact by: the line says the terms, so that no other's are read.
inline constexpr pg::Statement kReleaseErasedTerms = {
    "erasure_release_terms",
    "DELETE FROM contact_term t USING contact_search s, "
    "unnest(string_to_array(substr(s.terms, 3), ' ')) AS w (term) WHERE s.tenant = $1::text "
    "AND s.contact = $2::uuid AND t.tenant = s.tenant AND t.term = w.term "
    "AND t.contact = s.contact"};
inline constexpr pg::Statement kReleaseErasedTermLine = {
    "erasure_release_term_line",
    "DELETE FROM contact_search WHERE tenant = $1::text AND contact = $2::uuid"};

// Two services may answer at once: the second one sees the first one's part, and completes.
inline constexpr pg::Statement kLockErasure = {
    "erasure_lock_record",
    "SELECT FROM contact_erasure WHERE tenant = $1::text AND contact = $2::uuid FOR UPDATE"};

// One answer: tenant, contact, service, the ask that it answers, when, {"table": rows} of it. Rows
// add up over all answers; an answer to an earlier ask leaves the part open.
inline constexpr pg::Statement kWriteAnswer = {
    "erasure_answer",
    "UPDATE contact_erasure_part SET answers = $4::uuid, "
    "first_time = coalesce(first_time, $5::timestamptz), last_time = $5::timestamptz, "
    "erased = (SELECT coalesce(jsonb_object_agg(key, rows), '{}') FROM (SELECT key, "
    "sum(value::bigint) AS rows FROM (SELECT * FROM jsonb_each_text(erased) UNION ALL "
    "SELECT * FROM jsonb_each_text($6::jsonb)) AS each GROUP BY key) AS sums) "
    "WHERE tenant = $1::text AND contact = $2::uuid AND service = $3::text"};

inline constexpr pg::Statement kCompleteErasure = {
    "erasure_complete",
    "UPDATE contact_erasure e SET done_time = $3::timestamptz WHERE tenant = $1::text "
    "AND contact = $2::uuid AND done_time IS NULL AND NOT EXISTS ("
    "SELECT FROM contact_erasure_part p WHERE p.tenant = e.tenant AND p.contact = e.contact "
    "AND p.answers IS DISTINCT FROM e.ask_event)"};

#define CRM_ERASURES                                                                           \
  "SELECT e.tenant, e.contact, e.reason, e.actor, e.erase_time, e.again_time, e.done_time, "   \
  "p.service, p.first_time, CASE WHEN p.answers = e.ask_event THEN p.last_time END, p.erased " \
  "FROM contact_erasure e JOIN contact_erasure_part p ON p.tenant = e.tenant "                 \
  "AND p.contact = e.contact "

// The one of the contact $2, or of what it was part of, first; then those along with it.
inline constexpr pg::Statement kFindErasure = {
    "erasure_find",
    "WITH own AS (SELECT tenant, coalesce(along_with, contact) AS id FROM contact_erasure "
    "WHERE tenant = $1::text AND contact = $2::uuid), all_of_it AS (SELECT tenant, id FROM own "
    "UNION ALL SELECT a.tenant, a.contact FROM own JOIN contact_erasure a ON a.tenant = own.tenant "
    "AND a.along_with = own.id) " CRM_ERASURES
    "JOIN all_of_it i ON i.tenant = e.tenant AND i.id = e.contact "
    "ORDER BY e.along_with NULLS FIRST, e.contact, p.service"};

// Of all tenants, beyond $1 tenant and $2 contact, $3 of them; those that are not done, or all
// ($4).
inline constexpr pg::Statement kListErasures = {
    "erasure_list", CRM_ERASURES
    "WHERE (e.tenant, e.contact) IN (SELECT tenant, contact FROM contact_erasure "
    "WHERE (tenant, contact) > ($1::text, $2::uuid) AND ($4::boolean OR done_time IS NULL) "
    "ORDER BY tenant, contact LIMIT $3::int) ORDER BY e.tenant, e.contact, p.service"};

#undef CRM_ERASURES

inline constexpr pg::Statement kCountOpenErasures = {
    "erasure_count_open",
    "SELECT count(*), min(ask_time) FROM (SELECT ask_time FROM contact_erasure "
    "WHERE done_time IS NULL ORDER BY ask_time LIMIT 10000) AS open"};

// Tenant, contact, reason and actor of those of whom all are to be asked once more.
inline constexpr pg::Statement kFindDueErasures = {
    "erasure_due",
    "SELECT tenant, contact, reason, actor FROM contact_erasure "
    "WHERE again_time <= $1::timestamptz ORDER BY again_time LIMIT $2::int"};

}  // namespace crm::contact
