#include "services/contact/store/search_reads.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/contact/domain/search_query.h"
#include "services/contact/store/search_statements.h"

namespace crm::contact {
namespace {

std::string Literally(absl::string_view term) {
  return absl::StrReplaceAll(term, {{"\\", "\\\\"}, {"%", "\\%"}, {"_", "\\_"}});
}

// What all scans have from $3 to $11.
void AddScan(pg::Params& params, const TermScan& scan) {
  params.Add(scan.after_term).Add(scan.after_contact);
  if (scan.kind.has_value()) {
    params.Add(*scan.kind == ContactKind::kPerson ? "P%" : "O%");
  } else {
    params.AddNull();
  }
  for (size_t i = 0; i < kMostOthers; ++i) {
    if (i < scan.others.size()) {
      params.Add(scan.others[i]);
    } else {
      params.AddNull();
    }
  }
  params.Add(static_cast<int64_t>(scan.limit));
}

absl::StatusOr<std::vector<TermRow>> ReadTermRows(const absl::StatusOr<pg::Rows>& rows) {
  if (!rows.ok()) return rows.status();
  std::vector<TermRow> found;
  for (const pg::Row row : *rows) {
    pg::RowReader read(row);
    found.push_back({read.Text(0), read.Uuid(1), read.Text(2)});
    if (!read.ok()) return read.Damage("contact_term");
  }
  return found;
}

}  // namespace

absl::StatusOr<std::vector<TermRow>> ScanTerms(pg::Pool& pool, const TermScan& scan,
                                               const std::vector<std::string>& terms,
                                               base::Deadline deadline) {
  const auto from = std::lower_bound(terms.begin(), terms.end(), scan.after_term);
  pg::Params params = pg::MakeParams(scan.tenant, std::vector<std::string>(from, terms.end()));
  AddScan(params, scan);
  if (scan.also.has_value()) {
    params.Add(*scan.also);
  } else {
    params.AddNull();
  }
  params.Add(scan.looks_up_each);
  return ReadTermRows(pool.Read(pg::Tenants(scan.tenant), kScanTerms, params, deadline));
}

absl::StatusOr<std::vector<TermRow>> ScanBeginning(pg::Pool& pool, const TermScan& scan,
                                                   const std::string& beginning,
                                                   base::Deadline deadline) {
  pg::Params params = pg::MakeParams(scan.tenant, std::max(beginning, scan.after_term));
  AddScan(params, scan);
  params.Add(EndOfBeginning(beginning));
  return ReadTermRows(pool.Read(pg::Tenants(scan.tenant), kScanBeginning, params, deadline));
}

absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> KnownTerms(
    pg::Pool& pool, absl::string_view tenant, const std::vector<std::string>& terms,
    base::Deadline deadline) {
  std::vector<std::pair<std::string, int64_t>> known;
  if (terms.empty()) return known;
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool.Read(pg::Tenants(tenant), kKnownTerms,
                                 pg::MakeParams(tenant, terms, kCountedContacts), deadline));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    known.emplace_back(read.Text(0), read.Int(1));
    if (!read.ok()) return read.Damage("contact_term");
  }
  std::sort(known.begin(), known.end());
  return known;
}

std::string WholeTermPattern(absl::string_view term) {
  return absl::StrCat("% ", Literally(term), " %");
}

std::string BeginningPattern(absl::string_view term) {
  return absl::StrCat("% ", Literally(term), "%");
}

}  // namespace crm::contact
