#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clients/crmctl/import/csv_table.h"
#include "clients/crmctl/import/import_ids.h"
#include "clients/crmctl/import/mapping.h"
#include "crm/contact/v1/contact.pb.h"
#include "crm/lead/v1/lead.pb.h"
#include "crm/opportunity/v1/opportunity.pb.h"
#include "crm/type/v1/money.pb.h"

namespace crm::crmctl {

// A row that is an organization or a person, checked and ready to be created.
struct ContactRecord {
  size_t row = 0;  // index in the table
  std::string key;
  base::Uuid id;
  contact::v1::Contact contact;  // complete, with its references
  std::optional<absl::Time> effective;
  std::string reference;  // key of the parent or organization; empty for none
  int level = 0;          // parents within the file come before: 0 has none there
};

// A row that is a deal, checked.
struct DealRecord {
  size_t row = 0;
  std::string key;
  base::Uuid lead_id;
  base::Uuid contact_id;
  // Of the contact that the deal needs; the reference is empty for a contact of its own, made with
  // the deal's key as external id.
  std::string reference;
  std::string contact_name;
  std::string owner;
  std::string interest;
  std::string title;
  std::string source_detail;
  lead::v1::LeadSource source = lead::v1::LEAD_SOURCE_IMPORT;
  type::v1::BuyingRole buying_role = type::v1::BUYING_ROLE_UNSPECIFIED;
  opportunity::v1::LossReason loss_reason = opportunity::v1::LOSS_REASON_OTHER;
  Target target = Target::kWorking;
  std::optional<absl::Time> opened;
  std::optional<absl::Time> closed;
  std::optional<type::v1::Money> amount;
};

struct Rejected {
  size_t row;
  std::string reason;  // all of them
};

// A file of the import: every row is in exactly one of the three lists, in the order of the file
// (contacts: by level first).
struct LoadedFile {
  const FileMapping* mapping = nullptr;
  CsvTable table;
  std::vector<ContactRecord> contacts;
  std::vector<DealRecord> deals;
  std::vector<Rejected> rejected;
};

// Reads and checks all files before anything is sent. A row's problems are found all at once:
// malformed values, missing ones, unknown stages, keys used twice, references to rows that do not
// exist or are rejected themselves, parents in a circle, dates in the wrong order or after `now`.
// Errors: INVALID_ARGUMENT with every file that cannot be read and every column that is missing.
// `mapping` must outlive the result.
absl::StatusOr<std::vector<LoadedFile>> LoadFiles(const Mapping& mapping, const std::string& folder,
                                                  const ImportIds& ids, absl::Time now);

}  // namespace crm::crmctl
