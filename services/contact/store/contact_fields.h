#pragma once

#include "common/aggregate/fields.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// Every field of a contact and of an account that is stored, by its name in crm.contact.v1.Contact
// and Account; for their field history. Whoever adds a field adds its row.
aggregate::Fields<Contact> ContactFieldTable();
aggregate::Fields<Account> AccountFieldTable();

}  // namespace crm::contact
