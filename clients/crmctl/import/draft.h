#pragma once

#include <absl/status/statusor.h>
#include <absl/types/span.h>

#include <string>

#include "clients/crmctl/import/mapping.h"

namespace crm::crmctl {

// A first mapping for the CSV files of a folder, as JSON with a comment at each guess: which kind
// of thing a file holds, by its name and columns; which column is which field, by the words that
// HubSpot, Salesforce, Pipedrive, Zoho, Dynamics and Odoo have for them, in English and Spanish;
// who refers to whom, by the values that are found in another file; the forms of dates and numbers,
// by those that all values fit. What no field takes becomes attributes. Errors: NOT_FOUND when
// there is no CSV file; INVALID_ARGUMENT when one cannot be read.
absl::StatusOr<std::string> DraftMapping(const std::string& folder);

// What other systems call a field: names of columns, in search form ("close date").
struct DraftWord {
  Entity entity;
  const char* field;  // or "key", "status", "currency"
  const char* column;
  bool also;  // is read too, where the one before it is empty
};
absl::Span<const DraftWord> DraftWords();

// Those of activities and assessments; of the latter a criterion stands for the field.
absl::Span<const DraftWord> EvidenceDraftWords();

// What other systems call a stage or state, and what it is here: "OPEN", or with a stage of the
// default pipeline "OPEN:proposal".
struct DraftStage {
  const char* part;  // of the name of a stage, in search form
  const char* target;
};
absl::Span<const DraftStage> DraftStages(Entity entity);

}  // namespace crm::crmctl
