#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/rpc/validation.h"
#include "crm/contact/v1/upsert.pb.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// What is wrong with the request as a whole; what its contacts say is judged one by one.
void Check(const v1::UpsertContactsRequest& request, rpc::Validation& v);

// What is wrong with one of them, whether its contact is there or not: INVALID_ARGUMENT
// FIELD_INVALID, paths within the upsert, "contact.owner". `normal` is the contact in its normal
// form.
absl::Status CheckUpsert(const v1::UpsertContactRequest& request, const Contact& normal,
                         absl::Time now);

// What else is wrong if there is no such contact yet.
absl::Status CheckNew(const v1::UpsertContactRequest& request, absl::Time now);

}  // namespace crm::contact
