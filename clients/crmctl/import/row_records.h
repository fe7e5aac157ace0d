#pragma once

#include <functional>
#include <memory>
#include <string>

#include "clients/crmctl/import/known_rows.h"
#include "clients/crmctl/import/records.h"
#include "clients/crmctl/import/row_values.h"
#include "clients/crmctl/import/taken_addresses.h"

namespace crm::crmctl {

// What the rows read so far tell others.
struct Known {
  std::unique_ptr<KnownRows> organizations;
  std::unique_ptr<KnownRows> persons;
  std::unique_ptr<TakenAddresses> addresses;
  // Only where a file behind asks for them.
  std::unique_ptr<KeyIndex> leads;       // → Target: where the last row has it
  std::unique_ptr<KeyIndex> customers;   // → how many sales they have
  std::unique_ptr<KnownRows> employers;  // of persons, by id
};

// Makes a record of a row; what is wrong with it is in `values` afterwards.
ContactRecord ReadContact(const ImportIds& ids, const Mapping& mapping, const Known& known,
                          RowValues* values);
DealRecord ReadDeal(const ImportIds& ids, const Mapping& mapping, const Known& known,
                    RowValues* values);
EvidenceRecord ReadEvidence(const ImportIds& ids, const Mapping& mapping, const Known& known,
                            RowValues* values);
AccountRecord ReadAccount(const ImportIds& ids, const Mapping& mapping, const Known& known,
                          RowValues* values);

// The addresses of a field, each once; what is none is a problem.
std::vector<std::string> ReadEmails(RowValues* values, const char* field);

// What a reference to a row that cannot be imported is told.
std::string NotImportable(const std::string& key);

// Puts when the export was into the attributes, where the row or the mapping says it.
void SetAsOf(const Mapping& mapping, RowValues* values,
             const std::function<void(std::string key, std::string value)>& set);

}  // namespace crm::crmctl
