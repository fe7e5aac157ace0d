#pragma once

#include <absl/container/flat_hash_map.h>

#include <functional>
#include <string>

#include "clients/crmctl/import/records.h"
#include "clients/crmctl/import/row_values.h"

namespace crm::crmctl {

// The contacts of the rows read so far, by key: what others are told of them.
struct KnownContacts {
  absl::flat_hash_map<std::string, std::string> organizations;  // key → display name
  absl::flat_hash_map<std::string, std::string> persons;
};

// Makes a record of a row; what is wrong with it is in `values` afterwards.
ContactRecord ReadContact(const ImportIds& ids, const Mapping& mapping, const KnownContacts& known,
                          RowValues* values);
DealRecord ReadDeal(const ImportIds& ids, const Mapping& mapping, const KnownContacts& known,
                    RowValues* values);

// The addresses of a field, each once; what is none is a problem.
std::vector<std::string> ReadEmails(RowValues* values, const char* field);

// What a reference to a row that cannot be imported is told.
std::string NotImportable(const std::string& key);

// Puts when the export was into the attributes, where the row or the mapping says it.
void SetAsOf(const Mapping& mapping, RowValues* values,
             const std::function<void(std::string key, std::string value)>& set);

}  // namespace crm::crmctl
