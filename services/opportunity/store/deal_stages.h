#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/uuid.h"
#include "common/pg/rows.h"
#include "services/opportunity/domain/report_deal.h"

namespace crm::opportunity {

// The stage changes of things as report_statements.h packs them, a row for each thing. Keeps the
// texts of all that it read, each once: they are names of stages, owners and the like. Not
// thread-safe.
class DealChanges {
 public:
  // Corrections, one a row, for the rows that are read after them.
  absl::Status ReadCorrections(const pg::Rows& rows);

  // What `row` says of one thing, whose id stands in its first column; `whole`: of a statement that
  // tells all of each change. DATA_LOSS DATA_DAMAGED if it cannot be read or a change is missing.
  // Views and pointers in it live as long as this.
  absl::StatusOr<std::vector<DealChange>> Read(const base::Uuid& id, const pg::Row& row,
                                               bool whole);

 private:
  struct Columns;
  struct MoreColumns;

  // `text`, kept. `last`: the one before it, which is mostly the same.
  absl::string_view Kept(absl::string_view text, absl::string_view& last) {
    if (text != last || last.data() == nullptr) last = *texts_.emplace(text).first;
    return last;
  }
  // Takes the next change off the columns; false for what cannot be read.
  bool ReadOne(Columns& columns, DealChange& it);
  bool ReadMore(MoreColumns& columns, DealChange& it);

  absl::node_hash_set<std::string> texts_;
  absl::string_view pipeline_, stage_, key_, name_, owner_;  // those of the last change
  absl::flat_hash_map<std::pair<base::Uuid, int64_t>, std::unique_ptr<Correction>> corrections_;
};

}  // namespace crm::opportunity
