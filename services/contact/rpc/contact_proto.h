#pragma once

#include <string>

#include "crm/contact/v1/account.pb.h"
#include "crm/contact/v1/contact.pb.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// The resource as the API shows it.
void ToProto(const Contact& contact, v1::Contact* out);
void ToProto(const Account& account, v1::Account* out);

// The settable fields as given, not normalized. Names that are none read as absent: validation
// refuses them before.
Contact FromProto(const v1::Contact& contact);

}  // namespace crm::contact
