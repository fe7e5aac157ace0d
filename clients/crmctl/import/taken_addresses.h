#pragma once

#include <absl/strings/string_view.h>

#include <cstdint>
#include <string>

#include "clients/crmctl/import/key_index.h"
#include "clients/crmctl/import/records.h"
#include "clients/crmctl/import/row_values.h"

namespace crm::crmctl {

// What no two contacts may share: e-mail addresses, and the domains of organizations. Knows those
// of the rows before, so that what the services would refuse is known before anything is sent. As
// the mapping's `duplicates` says, one that another row has is a problem of the row, or is left out
// with a warning, or is kept: the services will say whose it is.
class TakenAddresses {
 public:
  explicit TakenAddresses(const Mapping& mapping) : mapping_(mapping) {}

  // Of a row whose other values are sound. A row with a problem takes nothing; one that is looked
  // at again has what it took.
  void Take(RowValues* values, ContactRecord* record);
  // Of the contact that a deal brings along.
  void Take(RowValues* values, DealRecord* deal);

 private:
  // Whether the row may have it; `field` is where it stands.
  bool Allows(RowValues* values, const char* field, const std::string& form);
  void Remember(const RowValues& values, const std::string& form);
  // Where the row stands: the number of its file and its line.
  int64_t PlaceOf(const RowValues& values) const;

  const Mapping& mapping_;
  KeyIndex taken_;  // normal form → the place of who has it
};

}  // namespace crm::crmctl
