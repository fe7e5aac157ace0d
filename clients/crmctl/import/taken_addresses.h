#pragma once

#include <absl/container/flat_hash_map.h>

#include <string>

#include "clients/crmctl/import/records.h"
#include "clients/crmctl/import/row_values.h"

namespace crm::crmctl {

// What no two contacts may share: e-mail addresses, and the domains of organizations. Knows those
// of the rows before, so that what the services would refuse is known before anything is sent. As
// the mapping's `duplicates` says, one that another row has is a problem of the row, or is left out
// with a warning.
class TakenAddresses {
 public:
  explicit TakenAddresses(Mapping::Duplicates duplicates) : duplicates_(duplicates) {}

  // Of a row whose other values are sound. A row with a problem takes nothing.
  void Take(RowValues* values, ContactRecord* record);
  // Of the contact that a deal brings along.
  void Take(RowValues* values, DealRecord* deal);

 private:
  // Whether the row may have it; `field` is where it stands.
  bool Allows(RowValues* values, const char* field, const std::string& form);
  void Remember(const RowValues& values, const std::string& form);

  const Mapping::Duplicates duplicates_;
  absl::flat_hash_map<std::string, std::string> taken_;  // normal form → whose it is
};

}  // namespace crm::crmctl
