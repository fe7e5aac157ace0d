#pragma once

#include <absl/container/flat_hash_set.h>

#include <deque>
#include <string>
#include <vector>

#include "clients/crmctl/import/draft_values.h"

namespace crm::crmctl {

// The organizations, or the persons, that a file of the folder holds.
struct DraftParty {
  const DraftTable* table;
  Entity entity;
  DraftJson where;       // which rows; null for all
  bool repeats = false;  // stand in a file of deals, again and again
  std::string key;       // column; empty: none tells the rows apart
  absl::flat_hash_set<std::string> keys;
};

// Where a column refers to.
struct DraftReference {
  std::string column;
  int64_t found = 0, missing = 0;
  bool several = false;    // keys in one cell, with ; between them
  bool by_values = false;  // nothing but the values says so

  void Take(const std::string& cell, const std::string& first, bool is_key);
  // Whether the values alone are enough: nearly all are keys, and not just numbers, which other
  // columns have too.
  bool IsPlain() const { return words_ && found >= 4 * missing; }

 private:
  bool words_ = false;
};

// Who is in the files, and by what key others refer to them: of the columns that tell rows apart
// the one whose values stand most often in the other files.
class DraftParties {
 public:
  // `tables` must outlive it.
  explicit DraftParties(const std::deque<DraftTable>& tables);

  const std::vector<DraftParty>& all() const { return parties_; }
  // The column of a table that refers to parties of a kind; the most found of the candidates for
  // `field` of `entity`, or else of all columns.
  DraftReference Reference(const DraftTable& table, Entity entity, const char* field,
                           Entity to) const;
  // The same of one column.
  DraftReference Count(const DraftTable& table, const std::string& column, Entity to,
                       size_t most = SIZE_MAX) const;
  bool Has(Entity entity) const;

 private:
  void Find(const DraftTable& table);
  void ChooseKey(DraftParty* party);

  const std::deque<DraftTable>& tables_;
  std::vector<DraftParty> parties_;
};

}  // namespace crm::crmctl
