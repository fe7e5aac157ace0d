#pragma once

#include <string>
#include <vector>

#include "crm/contact/v1/contact.pb.h"
#include "crm/contact/v1/contact_service.pb.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/contact_edit.h"

namespace crm::contact {

// The etag of the contact as it is.
std::string EtagOf(const Contact& contact);

// The resource as the API shows it.
void ToProto(const Contact& contact, v1::Contact& message);

// The settable fields as given, not normalized. Names that are none read as absent: validation
// refuses them before.
Contact FromProto(const v1::Contact& contact);

// The new values of `fields`, which are names of settable fields.
ContactEdit EditFrom(const v1::UpdateContactRequest& request,
                     const std::vector<std::string>& fields);

}  // namespace crm::contact
