#pragma once

#include <string>
#include <vector>

#include "crm/contact/v1/account.pb.h"
#include "crm/contact/v1/account_service.pb.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/account_edit.h"

namespace crm::contact {

// The resource as the API shows it.
void ToProto(const Account& account, v1::Account& message);

// The new values of `fields`. The request has been checked.
AccountEdit EditFrom(const v1::UpdateAccountRequest& request,
                     const std::vector<std::string>& fields);

}  // namespace crm::contact
