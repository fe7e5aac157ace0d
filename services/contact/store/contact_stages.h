#pragma once

#include <string>

#include "common/base/uuid.h"
#include "common/stage/stage_record.h"
#include "services/contact/domain/stage_change.h"

namespace crm::contact {

// A move as the history and the outbox take it.
stage::StageRecord ContactRecord(const std::string& tenant, const base::Uuid& contact,
                                 const StageChange& change);
stage::StageRecord AccountRecord(const std::string& tenant, const base::Uuid& account,
                                 const StageChange& change);

}  // namespace crm::contact
