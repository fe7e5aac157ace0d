#pragma once

#include <absl/strings/string_view.h>

#include <string>

#include "common/base/uuid.h"

namespace crm::crmctl {

// The ids of an import, all derived, so that every run names the same things the same way and no
// step needs to look anything up.
class ImportIds {
 public:
  // `import_name` is that of the mapping.
  ImportIds(absl::string_view tenant, absl::string_view import_name);

  // UUIDv5 of tenant and external id: the same whatever the import is called.
  base::Uuid Contact(absl::string_view external_id) const;
  base::Uuid Lead(absl::string_view external_id) const;

  // UUIDv5 of tenant, import, kind of row ("deal"), key of the row and step ("qualify").
  std::string RequestId(absl::string_view entity, absl::string_view key,
                        absl::string_view step) const;

 private:
  base::Uuid contacts_;
  base::Uuid leads_;
  base::Uuid requests_;
};

}  // namespace crm::crmctl
