#pragma once

#include "common/base/tenant_key.h"
#include "common/stage/stage_record.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/stage_change.h"

namespace crm::contact {

// A move of the contact or the account, as history and event hold it.
stage::StageRecord StageRecordOf(const base::TenantKey& contact, const StageChange& change);
stage::StageRecord StageRecordOf(const Account& account, const StageChange& change);

}  // namespace crm::contact
