#include "common/base/build_info.h"

namespace crm::base {

absl::string_view BuildVersion() { return CRM_VERSION; }
absl::string_view BuildCommit() { return CRM_COMMIT; }

}  // namespace crm::base
