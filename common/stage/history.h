#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "common/pg/pool.h"
#include "common/pg/statement.h"
#include "common/stage/stage_record.h"

namespace crm::stage {

// One row of stage_history; meanings as in StageRecord. Amount, probability and category are those
// after the move. What was not kept yet when the row was written is empty.
struct HistoryEntry {
  int64_t version = 0;
  std::string kind;
  base::Uuid event_id;
  std::string from_stage;
  std::string from_type;
  std::string to_stage;
  std::string to_type;
  absl::Time effective;
  absl::Time recorded;
  std::string actor;
  std::string reason;
  std::string note;
  bool overridden = false;
  std::vector<std::string> gates;
  std::string request_id;
  std::optional<base::Money> amount;
  std::optional<int> probability;
  std::string category;

  std::string change_kind;
  std::string from_pipeline;
  std::string to_pipeline;
  std::string from_stage_key;
  std::string to_stage_key;
  std::string from_name;
  std::string to_name;
  std::vector<std::string> met_gates;
  std::optional<base::Money> amount_before;
  std::optional<int> probability_before;
  std::string category_before;
  std::optional<absl::CivilDay> close_date_before;
  std::optional<absl::CivilDay> close_date;
  std::optional<absl::Duration> time_in_previous;
  std::string owner;
  std::optional<StageCorrection> correction;  // if it corrects an earlier one
  std::optional<int64_t> superseded_by;       // the version that corrects it

  friend bool operator==(const HistoryEntry&, const HistoryEntry&) = default;
};

// At most `limit` moves of one thing with a version beyond `after_version`, in order. None for a
// thing that does not exist. DATA_LOSS if one of them cannot be read, since a page without it would
// look complete. Blocks for one read.
absl::StatusOr<std::vector<HistoryEntry>> ReadHistory(pg::Pool& pool, const std::string& tenant,
                                                      const base::Uuid& id, int64_t after_version,
                                                      int limit, base::Deadline deadline);

// One move among those of all things.
struct MovePosition {
  std::string tenant;
  base::Uuid thing;
  int64_t version = 0;
};

// At most `limit` moves of the things of `tenant`, or of all if it is empty, behind `after` (of the
// default value: from the first on), one thing after the other, as their events told them but for
// what no history keeps: correlation and trace, and what the program adds that knows the thing.
// `parties` tells of things ($1 tenants, $2 ids) who is concerned by them now: tenant, id, contact,
// lead, the last of which may be NULL; null: nobody. `tenants` must comprise the tenant. DATA_LOSS
// if one cannot be read. Blocks for two reads.
absl::StatusOr<std::vector<StageRecord>> ReadMoves(pg::Pool& pool, const pg::Tenants& tenants,
                                                   const std::string& tenant,
                                                   const MovePosition& after, int limit,
                                                   const pg::Statement* parties,
                                                   base::Deadline deadline);

}  // namespace crm::stage
