#pragma once

#include <absl/status/statusor.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
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

// The attribute that says how new the export is that a thing is known from.
constexpr char kAsOfAttribute[] = "imported_as_of";

// A row that is an organization or a person, checked and ready to be created.
struct ContactRecord {
  size_t row = 0;  // index in the table
  std::string key;
  base::Uuid id;
  contact::v1::Contact contact;  // complete, with its references
  std::optional<absl::Time> effective;
  std::string reference;  // key of the parent or organization; empty for none
  base::Uuid reference_id;
  int level = 0;  // parents within the file come before: 0 has none there
};

// An opportunity enters a stage; without a time at the time of the call.
struct StageMove {
  std::string stage;
  std::optional<absl::Time> time;
};

// A row that is a deal, a lead or an opportunity, checked.
struct DealRecord {
  size_t row = 0;
  Entity entity = Entity::kDeal;
  std::string key;
  std::string external_id;
  base::Uuid lead_id;         // not of an opportunity
  base::Uuid opportunity_id;  // of an opportunity only; a lead's is made by its conversion
  base::Uuid contact_id;
  // Of the contact that the deal needs; the reference is empty for a contact of its own.
  std::string reference;
  std::string contact_name;
  std::vector<std::string> contact_emails, contact_phones;
  std::string owner;
  std::vector<std::string> interests;
  std::string title;
  std::string source_detail;
  type::v1::LeadSource source = type::v1::LEAD_SOURCE_IMPORT;
  type::v1::BuyingRole buying_role = type::v1::BUYING_ROLE_UNSPECIFIED;
  lead::v1::DisqualifyReason disqualify_reason = lead::v1::DISQUALIFY_REASON_OTHER;
  std::string disqualify_note;
  opportunity::v1::LossReason loss_reason = opportunity::v1::LOSS_REASON_OTHER;
  std::string loss_note;
  Target target = Target::kWorking;
  std::vector<StageMove> moves;  // in the order of time
  std::optional<absl::Time> opened;
  std::optional<absl::Time> closed;
  std::optional<absl::CivilDay> expected_close;
  std::optional<type::v1::Money> amount;
  std::optional<int32_t> probability;
  opportunity::v1::ForecastCategory forecast_category =
      opportunity::v1::FORECAST_CATEGORY_UNSPECIFIED;
  std::map<std::string, std::string> attributes;
};

struct Rejected {
  size_t row;
  std::string reason;  // all of them
  std::string key;     // where the row has one
};

// A file of the import: every row that is not passed over is in exactly one of the three lists, in
// the order of the file (contacts: by level first).
struct LoadedFile {
  const FileMapping* mapping = nullptr;
  CsvTable table;
  std::vector<ContactRecord> contacts;
  std::vector<DealRecord> deals;
  std::vector<Rejected> rejected;
  std::vector<Rejected> warnings;  // what was left out or changed of rows that are imported
  int64_t passed_over = 0;         // rows of a key that an earlier one has

  // Rows that count.
  int64_t Read() const { return static_cast<int64_t>(table.rows().size()) - passed_over; }
};

// The id of a contact by the file's kind and the row's key.
base::Uuid ContactIdOf(const ImportIds& ids, Entity entity, absl::string_view key);

// Reads and checks all files before anything is sent. A row's problems are found all at once:
// malformed values, missing ones, unknown stages, keys used twice, references to rows that do not
// exist or are rejected themselves, parents in a circle, dates in the wrong order or after `now`.
// `stop` is asked now and then. Errors: INVALID_ARGUMENT with every file that cannot be read and
// every column that is missing; CANCELLED. `mapping` must outlive the result.
absl::StatusOr<std::vector<LoadedFile>> LoadFiles(const Mapping& mapping, const std::string& folder,
                                                  const ImportIds& ids, absl::Time now,
                                                  const std::function<bool()>& stop = nullptr);

}  // namespace crm::crmctl
