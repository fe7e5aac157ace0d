#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/base/steady_clock.h"
#include "common/pg/pool.h"
#include "services/contact/domain/contact_keys.h"

namespace crm::contact {

// Who of the tenant's live contacts holds each of `keys`; of those that nobody holds, the contact
// that one who had it has been merged into. DATA_LOSS DATA_DAMAGED if a row cannot be
// read. Blocks for one read, none without keys.
absl::StatusOr<KeyHolders> FindKeyHolders(pg::Pool& pool, const std::string& tenant,
                                          absl::Span<const ContactKey> keys,
                                          base::Deadline deadline);

}  // namespace crm::contact
