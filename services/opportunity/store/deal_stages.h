#pragma once

#include <cstdint>
#include <deque>
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

  // What `row` says of one thing, whose id stands in its first column. DATA_LOSS DATA_DAMAGED if it
  // cannot be read or a change is missing. Views and pointers in it live as long as this.
  absl::StatusOr<std::vector<DealChange>> Read(const base::Uuid& id, const pg::Row& row);

 private:
  // What many changes have in common.
  struct Words {
    absl::string_view pipeline, stage, stage_key, stage_name;
    StageType type = StageType::kOpen;
    ForecastCategory category = ForecastCategory::kPipeline;
    std::string currency;  // empty: no amount
    std::optional<LossReason> loss_reason;
    bool overridden = false;
  };

  absl::string_view Kept(absl::string_view text) { return *texts_.emplace(text).first; }
  // Takes the next change off `packed`; false for what cannot be read.
  bool ReadOne(absl::string_view& packed, DealChange& it);
  // nullptr for what cannot be read.
  const Words* WordsOf(absl::string_view packed);

  absl::node_hash_set<std::string> texts_;
  std::deque<Words> words_;
  absl::flat_hash_map<absl::string_view, const Words*> by_packed_;  // texts_ holds the keys
  absl::flat_hash_map<std::pair<base::Uuid, int64_t>, std::unique_ptr<Correction>> corrections_;
};

}  // namespace crm::opportunity
