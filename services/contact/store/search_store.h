#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/steady_clock.h"
#include "common/base/uuid.h"
#include "common/pg/pool.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/search_query.h"

namespace crm::contact {

// Where a search stands: behind the hit that this is of. Hits come grade by grade; within one by
// the scans of the units that lead to them, each in order of term and contact.
struct SearchPosition {
  MatchGrade grade = MatchGrade::kExact;
  // The unit that is looked up, while the others are checked; the number of units if each is, by
  // this grade alone. -1: not chosen yet
  int leader = -1;
  int scan = 0;
  std::string term;
  base::Uuid contact;

  bool operator==(const SearchPosition&) const = default;
};

struct SearchHit {
  base::Uuid contact;
  MatchGrade grade = MatchGrade::kNone;
  SearchPosition position;
};

struct SearchHits {
  std::vector<SearchHit> hits;
  std::vector<QueryUnit> units;  // those that were asked for, with what they may be mistyped for
};

// Searches live contacts by their terms. Thread-safe; blocks.
class SearchStore {
 public:
  // `pool` must outlive the store.
  explicit SearchStore(pg::Pool& pool) : pool_(pool) {}

  // At most `limit` contacts of the kind, or of both, that answer all units, the best first: those
  // beyond `after`, or the first ones. Each contact once. A query that is paged through must stay
  // the same. Contacts that change meanwhile may be missed or seen twice. Up to three reads, and
  // one for each grade and each 1,000 contacts that the leading unit finds and the others do not.
  absl::StatusOr<SearchHits> Find(const std::string& tenant, std::vector<QueryUnit> units,
                                  std::optional<ContactKind> kind, size_t limit,
                                  const std::optional<SearchPosition>& after,
                                  base::Deadline deadline) const;

 private:
  pg::Pool& pool_;
};

}  // namespace crm::contact
