#include "services/contact/store/search_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/contact/domain/search_terms.h"
#include "services/contact/store/search_reads.h"
#include "services/contact/store/search_statements.h"

namespace crm::contact {
namespace {

constexpr size_t kLeastChunk = 20;
constexpr size_t kMostChunk = 1000;
// Of so many contacts each is looked up under another common word: 3 ms at most, where that word's
// may be tens of thousands.
constexpr int64_t kLookedUpContacts = 1000;
constexpr base::Uuid kLastUuid(~uint64_t{0}, ~uint64_t{0});

// How many contacts a unit leads to by each grade.
struct UnitSize {
  int64_t exact = 0;
  int64_t beginning = 0;
  int64_t mistyped = 0;
  TermNeighbours neighbours = {};  // of its first term

  int64_t By(MatchGrade grade) const {
    if (grade == MatchGrade::kExact) return exact;
    return grade == MatchGrade::kBeginning ? beginning : mistyped;
  }
  int64_t UpTo(MatchGrade grade) const {
    if (grade == MatchGrade::kExact) return exact;
    return grade == MatchGrade::kBeginning ? exact + beginning : exact + beginning + mistyped;
  }
};

// What a unit leads to contacts by: these terms, or all that begin with one.
struct LeaderScan {
  size_t unit = 0;
  std::vector<std::string> terms;
  bool beginning = false;
  bool longer = false;  // all that begin with the term but itself

  bool Has(absl::string_view term) const {
    if (!beginning) return std::binary_search(terms.begin(), terms.end(), term);
    return absl::StartsWith(term, terms[0]) && !(longer && term == terms[0]);
  }
};

// One search from its first read to its last.
class Search {
 public:
  Search(pg::Pool& pool, const std::string& tenant, std::vector<QueryUnit> units,
         base::Deadline deadline)
      : pool_(pool), tenant_(tenant), units_(std::move(units)), deadline_(deadline) {}

  absl::Status Measure();
  absl::Status Run(std::optional<ContactKind> kind, size_t limit, SearchPosition position);
  SearchHits Take() { return {std::move(hits_), std::move(units_)}; }

 private:
  absl::Status LearnMistyped();
  bool LeadsToFewer(size_t unit, size_t other, MatchGrade grade) const;
  int LeaderFor(MatchGrade grade) const;
  std::optional<std::string> RarestOther(size_t leader) const;
  void AddScans(MatchGrade by, size_t unit, bool longer, std::vector<LeaderScan>& scans) const;
  std::vector<LeaderScan> ScansFor(MatchGrade grade, size_t leader) const;
  std::vector<std::string> PatternsOf(MatchGrade grade, const QueryUnit& unit) const;
  absl::Status RunGrade(std::optional<ContactKind> kind, size_t limit, SearchPosition& position);
  absl::Status RunScan(std::optional<ContactKind> kind, size_t limit,
                       const std::vector<LeaderScan>& scans, SearchPosition& position);
  absl::StatusOr<std::vector<TermRow>> Read(std::optional<ContactKind> kind, const LeaderScan& scan,
                                            const SearchPosition& position, size_t chunk) const;
  bool IsFirstPlace(absl::Span<const absl::string_view> terms, const std::vector<LeaderScan>& scans,
                    const SearchPosition& position) const;

  pg::Pool& pool_;
  const std::string& tenant_;
  std::vector<QueryUnit> units_;
  std::vector<UnitSize> sizes_;
  const base::Deadline deadline_;
  bool knows_mistyped_ = false;
  std::vector<SearchHit> hits_;
};

absl::Status Search::Measure() {
  pg::Columns wanted;
  std::vector<size_t> unit_of;
  for (size_t i = 0; i < units_.size(); ++i) {
    for (const std::string& term : units_[i].terms) {
      wanted.Add(term, EndOfBeginning(term));
      unit_of.push_back(i);
    }
  }
  pg::Params params = pg::MakeParams(tenant_);
  wanted.AddTo(params);
  params.Add(kCountedContacts);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool_.Read(pg::Tenants(tenant_), kMeasureTerms, params, deadline_));
  std::vector<UnitSize> sizes(units_.size());
  size_t next = 0;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    UnitSize& size = sizes[unit_of[next++]];
    const bool is_first = next == 1 || unit_of[next - 2] != unit_of[next - 1];
    size.exact += read.Int(0);
    size.beginning += read.Int(1);
    if (is_first) size.neighbours = {read.Text(2), read.Text(3)};
    if (!read.ok()) return read.Damage("contact_term");
  }
  std::vector<QueryUnit> kept;
  for (size_t i = 0; i < units_.size(); ++i) {
    if (units_[i].optional && sizes[i].UpTo(MatchGrade::kBeginning) == 0) continue;
    kept.push_back(std::move(units_[i]));
    sizes_.push_back(sizes[i]);
  }
  units_ = std::move(kept);
  return absl::OkStatus();
}

absl::Status Search::LearnMistyped() {
  if (std::exchange(knows_mistyped_, true)) return absl::OkStatus();
  for (size_t i = 0; i < units_.size(); ++i) {
    const auto possible = MistypedTerms(units_[i], sizes_[i].neighbours);
    if (possible.empty()) continue;
    CRM_ASSIGN_OR_RETURN(const auto known, KnownTerms(pool_, tenant_, possible, deadline_));
    for (const auto& [term, count] : known) {
      // What it is the beginning of is found as that.
      if (absl::StartsWith(term, units_[i].terms[0])) continue;
      units_[i].mistyped.push_back(term);
      sizes_[i].mistyped += count;
    }
  }
  return absl::OkStatus();
}

// Of two that were not counted to their ends the longer word is the rarer as a rule: "mar" begins
// a hundred names where "andres" is one.
bool Search::LeadsToFewer(size_t unit, size_t other, MatchGrade grade) const {
  const int64_t size = sizes_[unit].UpTo(grade);
  const int64_t other_size = sizes_[other].UpTo(grade);
  if (size < kCountedContacts || other_size < kCountedContacts) return size < other_size;
  return units_[unit].terms[0].size() > units_[other].terms[0].size();
}

// What is looked up for the grade: one unit, by it and all better grades; or, as the number of
// units, every unit by this grade alone, since a contact of the grade answers at least one unit by
// it. Whatever leads to the fewest contacts; -1 if a unit, or the grade, leads to none.
int Search::LeaderFor(MatchGrade grade) const {
  size_t leader = 0;
  int64_t by_grade = 0;
  for (size_t i = 0; i < sizes_.size(); ++i) {
    if (sizes_[i].UpTo(grade) == 0) return -1;
    by_grade += sizes_[i].By(grade);
    if (LeadsToFewer(i, leader, grade)) leader = i;
  }
  if (by_grade == 0) return -1;
  return static_cast<int>(by_grade < sizes_[leader].UpTo(grade) ? sizes_.size() : leader);
}

// Of the exact terms beside the leader's the one that fewest contacts have, if there is one.
std::optional<std::string> Search::RarestOther(size_t leader) const {
  std::optional<size_t> rarest;
  for (size_t i = 0; i < units_.size(); ++i) {
    if (i == leader || units_[i].terms.size() != 1) continue;
    if (!rarest.has_value() || LeadsToFewer(i, *rarest, MatchGrade::kExact)) rarest = i;
  }
  if (!rarest.has_value()) return std::nullopt;
  return units_[*rarest].terms[0];
}

void Search::AddScans(MatchGrade by, size_t unit, bool longer,
                      std::vector<LeaderScan>& scans) const {
  const std::vector<std::string>& terms = units_[unit].terms;
  if (by == MatchGrade::kBeginning) {
    for (const std::string& term : terms) scans.push_back({unit, {term}, true, longer});
    return;
  }
  LeaderScan scan{unit, by == MatchGrade::kExact ? terms : units_[unit].mistyped};
  std::sort(scan.terms.begin(), scan.terms.end());
  if (!scan.terms.empty()) scans.push_back(std::move(scan));
}

std::vector<LeaderScan> Search::ScansFor(MatchGrade grade, size_t leader) const {
  std::vector<LeaderScan> scans;
  if (leader == units_.size()) {
    for (size_t i = 0; i < units_.size(); ++i) AddScans(grade, i, true, scans);
    return scans;
  }
  AddScans(grade, leader, false, scans);
  // A term begins with itself: these find the exact ones too.
  if (grade == MatchGrade::kTypingError) AddScans(MatchGrade::kBeginning, leader, false, scans);
  return scans;
}

std::vector<std::string> Search::PatternsOf(MatchGrade grade, const QueryUnit& unit) const {
  std::vector<std::string> patterns;
  for (const std::string& term : unit.terms) {
    patterns.push_back(grade == MatchGrade::kExact ? WholeTermPattern(term)
                                                   : BeginningPattern(term));
  }
  if (grade != MatchGrade::kTypingError) return patterns;
  for (const std::string& term : unit.mistyped) patterns.push_back(WholeTermPattern(term));
  return patterns;
}

absl::StatusOr<std::vector<TermRow>> Search::Read(std::optional<ContactKind> kind,
                                                  const LeaderScan& scan,
                                                  const SearchPosition& position,
                                                  size_t chunk) const {
  TermScan asked{tenant_, kind, {}, position.term, position.contact, chunk};
  if (scan.longer && asked.after_term.empty()) {
    asked.after_term = scan.terms[0];
    asked.after_contact = kLastUuid;
  }
  for (size_t i = 0; i < units_.size() && asked.others.size() < kMostOthers; ++i) {
    if (i == scan.unit) continue;
    asked.others.push_back(PatternsOf(position.grade, units_[i]));
  }
  if (position.grade == MatchGrade::kExact) asked.also = RarestOther(scan.unit);
  asked.looks_up_each = sizes_[scan.unit].exact < kLookedUpContacts;
  return scan.beginning ? ScanBeginning(pool_, asked, scan.terms[0], deadline_)
                        : ScanTerms(pool_, asked, scan.terms, deadline_);
}

// A contact that is led to in several ways is told at the first of them.
bool Search::IsFirstPlace(absl::Span<const absl::string_view> terms,
                          const std::vector<LeaderScan>& scans,
                          const SearchPosition& position) const {
  for (size_t i = 0; i < scans.size(); ++i) {
    for (const absl::string_view term : terms) {
      if (!scans[i].Has(term)) continue;
      return static_cast<int>(i) == position.scan && term == position.term;
    }
  }
  return false;
}

absl::Status Search::RunScan(std::optional<ContactKind> kind, size_t limit,
                             const std::vector<LeaderScan>& scans, SearchPosition& position) {
  const LeaderScan& scan = scans[static_cast<size_t>(position.scan)];
  size_t chunk = std::clamp(limit - hits_.size(), kLeastChunk, kMostChunk);
  while (true) {
    CRM_ASSIGN_OR_RETURN(const std::vector<TermRow> rows, Read(kind, scan, position, chunk));
    for (const TermRow& row : rows) {
      position.term = row.term;
      position.contact = row.contact;
      const std::vector<absl::string_view> terms = TermsIn(row.line);
      if (GradeOf(terms, units_) != position.grade) continue;
      if (!IsFirstPlace(terms, scans, position)) continue;
      hits_.push_back({position.contact, position.grade, position});
      if (hits_.size() == limit) return absl::OkStatus();
    }
    if (rows.size() < chunk) return absl::OkStatus();
    chunk = std::min(2 * chunk, kMostChunk);
  }
}

absl::Status Search::RunGrade(std::optional<ContactKind> kind, size_t limit,
                              SearchPosition& position) {
  if (position.leader < 0) position.leader = LeaderFor(position.grade);
  if (position.leader < 0) return absl::OkStatus();
  const auto leader = static_cast<size_t>(position.leader);
  if (leader > units_.size()) return absl::OkStatus();  // of another query
  const std::vector<LeaderScan> scans = ScansFor(position.grade, leader);
  while (position.scan < static_cast<int>(scans.size())) {
    CRM_RETURN_IF_ERROR(RunScan(kind, limit, scans, position));
    if (hits_.size() == limit) return absl::OkStatus();
    position = {position.grade, position.leader, position.scan + 1, "", base::Uuid()};
  }
  return absl::OkStatus();
}

absl::Status Search::Run(std::optional<ContactKind> kind, size_t limit, SearchPosition position) {
  for (;;) {
    if (position.grade == MatchGrade::kTypingError) CRM_RETURN_IF_ERROR(LearnMistyped());
    CRM_RETURN_IF_ERROR(RunGrade(kind, limit, position));
    if (hits_.size() == limit || position.grade == MatchGrade::kTypingError) {
      return absl::OkStatus();
    }
    position = {static_cast<MatchGrade>(static_cast<int>(position.grade) + 1), -1, 0, "",
                base::Uuid()};
  }
}

}  // namespace

absl::StatusOr<SearchHits> SearchStore::Find(const std::string& tenant,
                                             std::vector<QueryUnit> units,
                                             std::optional<ContactKind> kind, size_t limit,
                                             const std::optional<SearchPosition>& after,
                                             base::Deadline deadline) const {
  if (units.empty() || limit == 0) return SearchHits();
  Search search(pool_, tenant, std::move(units), deadline);
  CRM_RETURN_IF_ERROR(search.Measure());
  CRM_RETURN_IF_ERROR(search.Run(kind, limit, after.value_or(SearchPosition())));
  return search.Take();
}

}  // namespace crm::contact
