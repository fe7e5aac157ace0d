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

  // UUIDv5 of tenant, kind and key: the same whatever the import is called. Each kind has ids of
  // its own, since tables count from 1, each for itself.
  base::Uuid Organization(absl::string_view key) const;
  base::Uuid Person(absl::string_view key) const;
  base::Uuid DealContact(absl::string_view key) const;  // a deal's own contact
  base::Uuid Lead(absl::string_view key) const;         // of a deal
  base::Uuid LoneLead(absl::string_view key) const;     // of a row that is a lead
  base::Uuid Opportunity(absl::string_view key) const;  // without a lead
  base::Uuid Activity(absl::string_view key) const;
  // An assessment is never changed: what a later export says of the row is one more. `turn`: 0, 1…
  base::Uuid Assessment(absl::string_view key, int turn) const;

  // UUIDv5 of tenant, import, kind of row ("deal"), key of the row and step ("qualify").
  std::string RequestId(absl::string_view entity, absl::string_view key,
                        absl::string_view step) const;

 private:
  base::Uuid organizations_;
  base::Uuid persons_;
  base::Uuid deal_contacts_;
  base::Uuid leads_;
  base::Uuid lone_leads_;
  base::Uuid opportunities_;
  base::Uuid activities_;
  base::Uuid assessments_;
  base::Uuid requests_;
};

}  // namespace crm::crmctl
