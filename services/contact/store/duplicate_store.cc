#include "services/contact/store/duplicate_store.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "common/base/status.h"
#include "common/base/unicode.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/contact/domain/contact_keys.h"
#include "services/contact/domain/duplicate.h"
#include "services/contact/domain/search_terms.h"
#include "services/contact/domain/typing_error.h"
#include "services/contact/store/key_reads.h"
#include "services/contact/store/search_reads.h"
#include "services/contact/store/search_statements.h"
#include "services/contact/store/statements.h"

namespace crm::contact {
namespace {

constexpr size_t kPortion = 1000;
constexpr size_t kNameMistypedFrom = 3;  // names are short, and there is another word to them

// A word of a name, with the terms that contacts have of those it may stand for.
struct NameWord {
  std::vector<std::string> terms;
  int64_t contacts = 0;
};

std::vector<std::string> TermsFor(const std::string& word) {
  std::vector<std::string> terms = {WordTerm(word)};
  if (base::CodePointsOf(word).size() < kNameMistypedFrom) return terms;
  for (const std::string& variant : OneErrorAway(word)) terms.push_back(WordTerm(variant));
  std::sort(terms.begin(), terms.end());
  return terms;
}

absl::StatusOr<std::vector<NameWord>> WordsOf(pg::Pool& pool, const Contact& contact,
                                              base::Deadline deadline) {
  std::vector<NameWord> words;
  for (const std::string& word : ComparedWords(contact)) {
    CRM_ASSIGN_OR_RETURN(const auto known,
                         KnownTerms(pool, contact.tenant, TermsFor(word), deadline));
    NameWord& last = words.emplace_back();
    for (const auto& [term, count] : known) {
      last.terms.push_back(term);
      last.contacts += count;
    }
  }
  std::sort(words.begin(), words.end(), [](const NameWord& a, const NameWord& b) {
    return std::tie(a.contacts, a.terms) < std::tie(b.contacts, b.terms);
  });
  return words;
}

// All contacts under these terms that fit the patterns.
absl::Status ScanAll(pg::Pool& pool, TermScan scan, const std::vector<std::string>& terms,
                     const base::Uuid& but, const DuplicateStore::Take& take,
                     base::Deadline deadline) {
  scan.limit = kPortion;
  while (true) {
    CRM_ASSIGN_OR_RETURN(const auto rows, ScanTerms(pool, scan, terms, deadline));
    std::vector<base::Uuid> ids;
    for (const TermRow& row : rows) {
      if (row.contact != but) ids.push_back(row.contact);
    }
    CRM_RETURN_IF_ERROR(take(ids));
    if (rows.size() < kPortion) return absl::OkStatus();
    scan.after_term = rows.back().term;
    scan.after_contact = rows.back().contact;
  }
}

}  // namespace

absl::Status DuplicateStore::ByKeys(const Contact& contact, const Take& take,
                                    base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const KeyHolders holders,
                       FindKeyHolders(pool_, contact.tenant, KeysOf(contact), deadline));
  if (holders.empty()) return absl::OkStatus();
  std::vector<base::Uuid> ids;
  for (const auto& [key, holder] : holders) {
    if (holder != contact.id) ids.push_back(holder);
  }
  return take(ids);
}

absl::Status DuplicateStore::ByPhones(const Contact& contact, const Take& take,
                                      base::Deadline deadline) const {
  std::vector<std::string> terms;
  for (const Phone& phone : contact.phones) {
    if (!phone.e164.empty()) terms.push_back(PhoneTerm(phone.e164));
  }
  std::sort(terms.begin(), terms.end());
  if (terms.empty()) return absl::OkStatus();
  return ScanAll(pool_, {.tenant = contact.tenant, .kind = contact.kind()}, terms, contact.id, take,
                 deadline);
}

// Of a contact with two of the words one is not the most frequent of them, so that one need not be
// gone through.
absl::Status DuplicateStore::ByName(const Contact& contact, const Take& take,
                                    base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const std::vector<NameWord> words, WordsOf(pool_, contact, deadline));
  const size_t leaders = words.size() > 1 ? words.size() - 1 : words.size();
  for (size_t i = 0; i < leaders; ++i) {
    if (words[i].terms.empty()) continue;
    TermScan scan{.tenant = contact.tenant, .kind = contact.kind()};
    if (words.size() > 1) {
      std::vector<std::string>& patterns = scan.others.emplace_back();
      for (size_t j = 0; j < words.size(); ++j) {
        if (j == i) continue;
        for (const std::string& term : words[j].terms) patterns.push_back(WholeTermPattern(term));
      }
    }
    CRM_RETURN_IF_ERROR(ScanAll(pool_, scan, words[i].terms, contact.id, take, deadline));
  }
  return absl::OkStatus();
}

absl::Status DuplicateStore::Candidates(const Contact& contact, const Take& take,
                                        base::Deadline deadline) const {
  CRM_RETURN_IF_ERROR(ByKeys(contact, take, deadline));
  CRM_RETURN_IF_ERROR(ByPhones(contact, take, deadline));
  return ByName(contact, take, deadline);
}

namespace {

constexpr int kTermsAtOnce = 500;

// Those of [from, end) that several contacts have, without the contacts.
absl::StatusOr<std::vector<std::string>> TermsOfSeveral(pg::Pool& pool, const std::string& tenant,
                                                        const std::string& from,
                                                        const std::string& end, int contacts,
                                                        base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool.Read(pg::Tenants(tenant), kSharedTerms,
                                 pg::MakeParams(tenant, from, end, kTermsAtOnce), deadline));
  std::vector<std::string> terms;
  int64_t counted = 0;
  for (const pg::Row row : rows) {
    if (counted >= contacts) break;
    pg::RowReader read(row);
    terms.push_back(read.Text(0));
    counted += read.Int(1);
    if (!read.ok()) return read.Damage("contact_term");
  }
  return terms;
}

std::string AfterKind(char kind) { return std::string(1, static_cast<char>(kind + 1)); }

}  // namespace

absl::StatusOr<std::vector<SharedTerm>> DuplicateStore::SharedTerms(const std::string& tenant,
                                                                    const std::string& from,
                                                                    int contacts,
                                                                    base::Deadline deadline) const {
  std::vector<SharedTerm> shared;
  std::vector<std::string> terms;
  for (const char kind : {kPhoneTerm, kWordTerm}) {
    const std::string begin = std::max(from, std::string(1, kind));
    if (!terms.empty() || begin >= AfterKind(kind)) continue;
    CRM_ASSIGN_OR_RETURN(terms,
                         TermsOfSeveral(pool_, tenant, begin, AfterKind(kind), contacts, deadline));
  }
  if (terms.empty()) return shared;
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool_.Read(pg::Tenants(tenant), kTermHolders,
                                                       pg::MakeParams(tenant, terms), deadline));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    std::string term = read.Text(0);
    if (shared.empty() || shared.back().term != term) shared.push_back({std::move(term), {}});
    shared.back().contacts.push_back(read.Uuid(1));
    if (!read.ok()) return read.Damage("contact_term");
  }
  return shared;
}

absl::StatusOr<bool> DuplicateStore::HasMoreThan(int count, const std::string& tenant,
                                                 std::optional<absl::Time> since,
                                                 base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool_.Read(pg::Tenants(tenant), kCountSince,
                                  pg::MakeParams(tenant, since, count + 1), deadline));
  pg::RowReader read(rows[0]);
  return read.Checked(read.Int(0) > count, "contact");
}

}  // namespace crm::contact
