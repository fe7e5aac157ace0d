#pragma once

#include "common/pg/statement.h"

// The SQL statements by which contacts are searched.
namespace crm::contact {

// Of new contacts: nothing is there that they could collide with.
inline constexpr pg::Statement kInsertTerms = {
    "contact_term_insert",
    "INSERT INTO contact_term (tenant, term, contact) "
    "SELECT unnest($1::text[]), unnest($2::text[]), unnest($3::uuid[])"};
inline constexpr pg::Statement kInsertTermLines = {
    "contact_search_insert",
    "INSERT INTO contact_search (tenant, contact, terms) "
    "SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::text[])"};

// Of contacts that were there; a program of an older version may have left terms behind.
inline constexpr pg::Statement kAddTerms = {
    "contact_term_add",
    "INSERT INTO contact_term (tenant, term, contact) "
    "SELECT unnest($1::text[]), unnest($2::text[]), unnest($3::uuid[]) ON CONFLICT DO NOTHING"};
inline constexpr pg::Statement kPutTermLines = {
    "contact_search_put",
    "INSERT INTO contact_search (tenant, contact, terms) "
    "SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::text[]) "
    "ON CONFLICT ON CONSTRAINT contact_search_pkey DO UPDATE SET terms = excluded.terms"};
inline constexpr pg::Statement kRemoveTerms = {
    "contact_term_remove",
    "DELETE FROM contact_term t USING unnest($1::text[], $2::text[], $3::uuid[]) "
    "AS u (tenant, term, contact) WHERE t.tenant = u.tenant AND t.term = u.term "
    "AND t.contact = u.contact"};
inline constexpr pg::Statement kRemoveTermLines = {
    "contact_search_remove",
    "DELETE FROM contact_search s USING unnest($1::text[], $2::uuid[]) AS u (tenant, contact) "
    "WHERE s.tenant = u.tenant AND s.contact = u.contact"};

inline constexpr pg::Statement kSelectTermLines = {
    "contact_search_select",
    "SELECT s.tenant, s.contact, s.terms FROM unnest($1::text[], $2::uuid[]) AS k (t, i) "
    "JOIN contact_search s ON s.tenant = k.t AND s.contact = k.i"};

// How many contacts have each term ($2), and how many a longer one that comes before $3, none
// counted further than $4; and the terms before and behind all of these.
inline constexpr pg::Statement kMeasureTerms = {
    "contact_term_measure",
    "SELECT (SELECT count(*) FROM (SELECT FROM contact_term t WHERE t.tenant = $1::text "
    "AND t.term = u.term LIMIT $4::int) AS c), "
    "(SELECT count(*) FROM (SELECT FROM contact_term t WHERE t.tenant = $1::text "
    "AND t.term > u.term AND t.term < u.end_term LIMIT $4::int) AS c), "
    "coalesce((SELECT t.term FROM contact_term t WHERE t.tenant = $1::text AND t.term < u.term "
    "ORDER BY t.tenant DESC, t.term DESC LIMIT 1), ''), "
    "coalesce((SELECT t.term FROM contact_term t WHERE t.tenant = $1::text "
    "AND t.term >= u.end_term ORDER BY t.tenant, t.term LIMIT 1), '') "
    "FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS u (term, end_term, n) ORDER BY u.n"};

// Those of the terms ($2) that contacts have, each with how many, counted no further than $3.
inline constexpr pg::Statement kKnownTerms = {
    "contact_term_known",
    "SELECT u.term, (SELECT count(*) FROM (SELECT FROM contact_term t WHERE t.tenant = $1::text "
    "AND t.term = u.term LIMIT $3::int) AS c) FROM unnest($2::text[]) AS u (term) "
    "WHERE EXISTS (SELECT FROM contact_term t WHERE t.tenant = $1::text AND t.term = u.term)"};

// The terms from $2 to before $3 that at least two contacts have, each with how many.
inline constexpr pg::Statement kSharedTerms = {
    "contact_term_shared",
    "SELECT t.term, count(*) FROM contact_term t WHERE t.tenant = $1::text AND t.term >= $2::text "
    "AND t.term < $3::text GROUP BY t.term HAVING count(*) > 1 ORDER BY t.term LIMIT $4::int"};
inline constexpr pg::Statement kTermHolders = {
    "contact_term_holders",
    "SELECT t.term, t.contact FROM contact_term t WHERE t.tenant = $1::text "
    "AND t.term = ANY ($2::text[]) ORDER BY t.term, t.contact"};

// How many live contacts were made since $2 (NULL: ever), counted no further than $3.
inline constexpr pg::Statement kCountSince = {
    "contact_count_since",
    "SELECT count(*) FROM (SELECT FROM contact c WHERE c.tenant = $1::text "
    "AND c.delete_time IS NULL AND ($2::timestamptz IS NULL OR c.create_time >= $2::timestamptz) "
    "LIMIT $3::int) AS c"};

// The other units of a query, each a list of patterns or NULL; $5 is the kind's.
#define CRM_OTHER_UNITS(kind, a, b, c, d, e)           \
  "(" kind "::text IS NULL OR s.terms LIKE " kind      \
  "::text) "                                           \
  "AND (" a "::text[] IS NULL OR s.terms LIKE ANY (" a \
  "::text[])) "                                        \
  "AND (" b "::text[] IS NULL OR s.terms LIKE ANY (" b \
  "::text[])) "                                        \
  "AND (" c "::text[] IS NULL OR s.terms LIKE ANY (" c \
  "::text[])) "                                        \
  "AND (" d "::text[] IS NULL OR s.terms LIKE ANY (" d \
  "::text[])) "                                        \
  "AND (" e "::text[] IS NULL OR s.terms LIKE ANY (" e "::text[])) "

// The line of the term's contact, if it answers the other units. As a join it would be the
// planner's choice where to begin, and a plan made once for all queries begins with all lines.
#define CRM_ITS_LINE                                                          \
  "CROSS JOIN LATERAL (SELECT s.terms FROM contact_search s "                 \
  "WHERE s.tenant = $1::text AND s.contact = d.contact AND " CRM_OTHER_UNITS( \
      "$5", "$6", "$7", "$8", "$9", "$10") "LIMIT 1) AS s "

#define CRM_THE_SAME_UNDER_ANOTHER                                   \
  "contact_term o WHERE o.tenant = $1::text AND o.term = $12::text " \
  "AND o.contact = d.contact"

// $1 tenant, $2 terms in order, beyond ($3 the first of them, $4 contact), $5 to $10 the other
// units, $11 limit, $12 a term that the contact must have or NULL: most of a common name's contacts
// are passed over by the index alone, without a look at their lines. It is looked up for each of
// them if $13, else all that have it are read once, into a table in memory: PostgreSQL does so
// with EXISTS, and cannot with a value. Term by term, in the order of the index: nothing is sorted,
// and it ends with the limit. The lateral join runs through the terms in their order.
inline constexpr pg::Statement kScanTerms = {
    "contact_term_scan",
    "SELECT u.term, x.contact, x.terms FROM unnest($2::text[]) AS u (term) CROSS JOIN LATERAL ("
    "SELECT d.contact, s.terms FROM contact_term d " CRM_ITS_LINE
    "WHERE d.tenant = $1::text AND d.term = u.term AND d.contact > "
    "CASE WHEN u.term = $3::text THEN $4::uuid ELSE '00000000-0000-0000-0000-000000000000' END "
    "AND ($12::text IS NULL OR CASE WHEN $13::bool "
    "THEN (SELECT true FROM " CRM_THE_SAME_UNDER_ANOTHER
    ") IS TRUE "
    "ELSE EXISTS (SELECT FROM " CRM_THE_SAME_UNDER_ANOTHER
    ") END) "
    "ORDER BY d.contact LIMIT $11::int) AS x LIMIT $11::int"};

// $1 tenant, terms from $2 to before $12, beyond ($3, $4), the rest as above. One lower bound: of
// two the index may begin with the one that bounds nothing.
inline constexpr pg::Statement kScanBeginning = {
    "contact_term_scan_beginning",
    "SELECT d.term, d.contact, s.terms FROM contact_term d " CRM_ITS_LINE
    "WHERE d.tenant = $1::text AND d.term < $12::text AND (d.term, d.contact) > ($2::text, "
    "CASE WHEN $2::text = $3::text THEN $4::uuid ELSE '00000000-0000-0000-0000-000000000000' END) "
    "ORDER BY d.term, d.contact LIMIT $11::int"};

#undef CRM_THE_SAME_UNDER_ANOTHER
#undef CRM_ITS_LINE
#undef CRM_OTHER_UNITS

}  // namespace crm::contact
