#pragma once

#include "common/pg/statement.h"
#include "services/contact/store/statements.h"

// The SQL statements by which it is found whom facts are about.
namespace crm::contact {

// Whether a contact is called $3, or one that is part of it was. An array, so that it is asked of
// each contact that comes so far, and not of all merges of the tenant.
#define CRM_IS_CALLED                                                                          \
  "(lower(contact.display_name) = lower($3::text) OR lower($3::text) = ANY (ARRAY(SELECT "     \
  "lower(part.display_name) FROM contact_merge g JOIN contact part ON part.tenant = $1::text " \
  "AND part.id = g.contact WHERE g.tenant = $1::text AND g.head = contact.id))) "

// $1 tenant, $2 number in E.164, $3 name or empty, $4 limit.
inline constexpr pg::Statement kFindByPhone = {
    "contact_find_by_phone",
    "SELECT " CRM_CONTACT_COLUMNS
    " FROM contact WHERE tenant = $1::text AND delete_time IS NULL AND phones @> "
    "jsonb_build_array(jsonb_build_object('e164', $2::text)) AND ($3::text = '' OR " CRM_IS_CALLED
    ") ORDER BY create_time, id LIMIT $4::int"};

// $1 tenant, $2 organization, those that are part of it included, $3 name, $4 limit.
inline constexpr pg::Statement kFindColleagues = {
    "contact_find_colleagues",
    "SELECT " CRM_CONTACT_COLUMNS
    " FROM contact WHERE tenant = $1::text AND id = ANY (ARRAY(SELECT e.contact "
    "FROM contact_employment e WHERE e.tenant = $1::text AND e.organization = ANY ($2::uuid || "
    "ARRAY(SELECT g.contact FROM contact_merge g WHERE g.tenant = $1::text "
    "AND g.head = $2::uuid)))) "
    "AND delete_time IS NULL AND " CRM_IS_CALLED "ORDER BY create_time, id LIMIT $4::int"};

#undef CRM_IS_CALLED

}  // namespace crm::contact
