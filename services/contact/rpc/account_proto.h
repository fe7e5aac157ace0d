#pragma once

#include "crm/contact/v1/account.pb.h"
#include "services/contact/domain/account.h"

namespace crm::contact {

// The resource as the API shows it.
void ToProto(const Account& account, v1::Account& message);

}  // namespace crm::contact
