#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/aggregate/revision.h"
#include "common/base/personal_data.h"
#include "common/base/uuid.h"
#include "common/pg/transaction.h"

namespace crm::aggregate {

// How many rows of which table were emptied: {"lead", 2}. Those that were empty do not count.
using ErasedRows = std::vector<std::pair<std::string, int64_t>>;

// An erasure in one service.
struct ErasureOrder {
  std::string tenant;
  std::vector<base::Uuid> things;  // whose rows are emptied; locked by the caller
  std::vector<std::string> names;  // resource names: stored answers in which one stands are emptied
  Author author;                   // of the revisions that it leaves
  absl::Time now;
  // Further changes of the things in one table, for their revisions: elements of their JSON, with a
  // comma before each.
  std::string further_table = {};
  std::string further_changes = {};
  // Things that stay, but once had taken over what is to be erased: of these the old values go too.
  std::vector<base::Uuid> former_keepers = {};
};

// Empties what a service stores of persons, by the table that its domain has of it: columns, old
// values in field history, free text in stage history, first answers. Immutable; thread-safe.
class Eraser {
 public:
  explicit Eraser(const base::PersonalData& data);

  // In the caller's transaction, some round trips. Each thing of which something was emptied gets a
  // revision. Again for the same things: does nothing but what was written since.
  absl::StatusOr<ErasedRows> Erase(pg::Transaction& transaction, const ErasureOrder& order) const;

 private:
  struct Step {
    std::string table;
    std::string name;  // of the statement
    std::string sql;
    std::string changes;  // of a revision that empties
    bool things;
  };

  absl::StatusOr<int64_t> Run(pg::Transaction& transaction, const Step& step,
                              const ErasureOrder& order) const;

  std::vector<Step> steps_;
  std::vector<std::string> whole_;
  std::vector<std::string> partly_;
  std::vector<std::string> members_;
};

}  // namespace crm::aggregate
