#pragma once

#include <string>

#include "crm/contact/v1/contact.pb.h"

namespace crm::lead {

// The organization of a person's primary employment, "contacts/{uuid}"; empty if there is none.
std::string EmployerOf(const contact::v1::Contact& person);

}  // namespace crm::lead
