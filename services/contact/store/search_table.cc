#include "services/contact/store/search_table.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/aggregate/read_rows.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/contact/domain/search_terms.h"
#include "services/contact/store/contact_table.h"
#include "services/contact/store/search_statements.h"
#include "services/contact/store/statements.h"

namespace crm::contact {
namespace {

void AddTermRows(pg::Columns& rows, const Contact& contact, const Contact* beyond) {
  for (const std::string& term : TermsBeyond(contact, beyond)) {
    rows.Add(contact.tenant, term, contact.id);
  }
}

struct TermRows {
  pg::Columns terms;
  pg::Columns lines;
};

}  // namespace

absl::Status WriteSearchTerms(pg::Transaction& transaction, aggregate::Writes<Contact> contacts) {
  TermRows fresh, removed, added;
  for (const auto& [before, after] : contacts) {
    if (before == nullptr) {
      AddTermRows(fresh.terms, *after, nullptr);
      fresh.lines.Add(after->tenant, after->id, TermLine(*after));
      continue;
    }
    const std::string line = TermLine(*after);
    if (line == TermLine(*before)) continue;
    AddTermRows(removed.terms, *before, after);
    AddTermRows(added.terms, *after, before);
    if (line.empty()) {
      removed.lines.Add(after->tenant, after->id);
    } else {
      added.lines.Add(after->tenant, after->id, line);
    }
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(kRemoveTerms, removed.terms));
  CRM_RETURN_IF_ERROR(transaction.Defer(kRemoveTermLines, removed.lines));
  CRM_RETURN_IF_ERROR(transaction.Defer(kInsertTerms, fresh.terms));
  CRM_RETURN_IF_ERROR(transaction.Defer(kInsertTermLines, fresh.lines));
  CRM_RETURN_IF_ERROR(transaction.Defer(kAddTerms, added.terms));
  return transaction.Defer(kPutTermLines, added.lines);
}

namespace {

using TermLines = std::map<aggregate::Key, std::string>;

absl::StatusOr<TermLines> ReadTermLines(pg::Transaction& transaction, const pg::Params& keys) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kSelectTermLines, keys));
  TermLines lines;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    aggregate::Key key{read.Text(0), read.Uuid(1)};
    lines.emplace(std::move(key), read.Text(2));
    if (!read.ok()) return read.Damage("contact_search");
  }
  return lines;
}

// The rows that make what is stored, `line`, into what it should be.
void AddDifference(const Contact& contact, const std::string& line, TermRows& removed,
                   TermRows& added) {
  const std::vector<absl::string_view> stored = TermsIn(line);
  const std::vector<std::string> wanted = TermsOf(contact);
  for (const absl::string_view term : stored) {
    if (!std::binary_search(wanted.begin(), wanted.end(), term)) {
      removed.terms.Add(contact.tenant, term, contact.id);
    }
  }
  for (const std::string& term : wanted) added.terms.Add(contact.tenant, term, contact.id);
  if (contact.deleted()) {
    removed.lines.Add(contact.tenant, contact.id);
  } else {
    added.lines.Add(contact.tenant, contact.id, TermLine(contact));
  }
}

absl::StatusOr<int64_t> RewriteOnce(pg::Transaction& transaction, const pg::Params& keys) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kLockContacts, keys));
  CRM_ASSIGN_OR_RETURN(const TermLines lines, ReadTermLines(transaction, keys));
  const ContactTable table;
  TermRows removed, added;
  int64_t changed = 0;
  for (const pg::Row row : rows) {
    CRM_ASSIGN_OR_RETURN(const Contact contact, table.Read(row));
    const auto stored = lines.find({contact.tenant, contact.id});
    const std::string line = stored == lines.end() ? "" : stored->second;
    if (line == TermLine(contact)) continue;
    AddDifference(contact, line, removed, added);
    ++changed;
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(kRemoveTerms, removed.terms));
  CRM_RETURN_IF_ERROR(transaction.Defer(kRemoveTermLines, removed.lines));
  CRM_RETURN_IF_ERROR(transaction.Defer(kAddTerms, added.terms));
  CRM_RETURN_IF_ERROR(transaction.Defer(kPutTermLines, added.lines));
  return changed;
}

}  // namespace

absl::StatusOr<int64_t> RewriteSearchTerms(pg::Pool& pool, absl::Span<const aggregate::Key> keys,
                                           base::Deadline deadline) {
  const pg::Params params = aggregate::KeyParams(keys);
  int64_t changed = 0;
  CRM_RETURN_IF_ERROR(pg::RunInTransaction(
      pool, pg::TenantsOf(keys), deadline, [&](pg::Transaction& transaction) -> absl::Status {
        CRM_ASSIGN_OR_RETURN(changed, RewriteOnce(transaction, params));
        return absl::OkStatus();
      }));
  return changed;
}

absl::StatusOr<int64_t> IndexContacts(pg::Pool& pool, const ContactReads& reads,
                                      const base::Clock& clock) {
  constexpr int kIndexedAtOnce = 500;
  constexpr absl::Duration kIndexPatience = absl::Seconds(60);
  int64_t total = 0;
  for (aggregate::Key last;;) {
    const base::Deadline deadline = clock.Now() + kIndexPatience;
    CRM_ASSIGN_OR_RETURN(const auto page, reads.ContactsAfter(last, kIndexedAtOnce, deadline));
    if (page.empty()) return total;
    std::vector<aggregate::Key> keys;
    for (const Contact& contact : page) keys.push_back({contact.tenant, contact.id});
    CRM_ASSIGN_OR_RETURN(const int64_t changed, RewriteSearchTerms(pool, keys, deadline));
    total += changed;
    last = keys.back();
  }
}

}  // namespace crm::contact
