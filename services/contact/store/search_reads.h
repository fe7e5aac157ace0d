#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/steady_clock.h"
#include "common/base/uuid.h"
#include "common/pg/pool.h"
#include "services/contact/domain/contact.h"

// Reads of the terms that contacts are found by. Each blocks for one round trip; DATA_LOSS
// DATA_DAMAGED if a row cannot be read.
namespace crm::contact {

// A contact under one of its terms, with all of them (TermsIn).
struct TermRow {
  std::string term;
  base::Uuid contact;
  std::string line;
};

// What is asked of contacts beside the term that leads to them.
struct TermScan {
  absl::string_view tenant;
  std::optional<ContactKind> kind = {};
  // Patterns of LIKE for the line of terms, lists of them, of each of which one must fit; at most
  // kMostOthers.
  std::vector<std::vector<std::string>> others = {};
  // Behind this term and contact, in the order of the scan.
  std::string after_term = {};
  base::Uuid after_contact = {};
  size_t limit = 0;
  // A term that they must have, if any: one of the others said once more, for ScanTerms, which
  // passes over contacts without it at a fraction of the price.
  std::optional<std::string> also = {};
  // Whether `also` is looked up for one contact after the other, 3 µs each, instead of all that
  // have it being read first, 0.3 µs each.
  bool looks_up_each = true;
};
inline constexpr size_t kMostOthers = 5;

// Counts of terms end here: one that has so many contacts is common, however common it is.
inline constexpr int kCountedContacts = 5000;

// The contacts under each of these terms, which are in order, in order of term and contact.
absl::StatusOr<std::vector<TermRow>> ScanTerms(pg::Pool& pool, const TermScan& scan,
                                               const std::vector<std::string>& terms,
                                               base::Deadline deadline);
// Under all terms that begin so.
absl::StatusOr<std::vector<TermRow>> ScanBeginning(pg::Pool& pool, const TermScan& scan,
                                                   const std::string& beginning,
                                                   base::Deadline deadline);

// Those of the terms that contacts have, in order, and how many contacts.
absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> KnownTerms(
    pg::Pool& pool, absl::string_view tenant, const std::vector<std::string>& terms,
    base::Deadline deadline);

// Fits a line with this term, or with one that begins so.
std::string WholeTermPattern(absl::string_view term);
std::string BeginningPattern(absl::string_view term);

}  // namespace crm::contact
