#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/uuid.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/snapshot.h"
#include "services/lead/store/report_reads.h"

namespace crm::lead {

using LeadIds = std::vector<base::Uuid>;
using Visit = std::function<absl::Status(const LeadStory&)>;

// What the parts of one reading share; any thread may use it.
struct Reading {
  pg::Snapshot& snapshot;
  const std::string& tenant;
  const StoryNeeds& needs;
  const Visit& visit;

  // What was written by then is in effect at the viewpoint.
  absl::Time Viewed() const {
    return needs.all_versions ? absl::UnixEpoch() : std::min(needs.view.at, needs.view.known_at);
  }
  pg::Params Asked() const {
    return pg::MakeParams(tenant, needs.verdicts, needs.attributes, needs.sales,
                          needs.view.known_at);
  }
};

// Some leads, as reports need them.
class StoryPiece {
 public:
  // Those of a list.
  StoryPiece(const Reading& of, absl::Span<const base::Uuid> ids);
  // Those behind an id and up to another.
  StoryPiece(const Reading& of, const base::Uuid& behind, const base::Uuid& up_to)
      : of_(of), range_({behind, up_to}) {}
  // Those of `rows`, which statements with CRM_STORIES gave.
  StoryPiece(const Reading& of, pg::Rows rows) : of_(of), rows_(std::move(rows)) {}

  // Reads them. Blocks for several round trips. DATA_LOSS DATA_DAMAGED if a row cannot be read.
  absl::Status Read();
  // Visits each; the first error ends it.
  absl::Status Tell() const;

 private:
  using ById = absl::flat_hash_map<base::Uuid, size_t>;  // among the stories

  static pg::Array IdsOf(const ById& stories);
  // The rows of a list or a range.
  absl::Status ReadRows();
  absl::Status ReadLead(const pg::Row& row);
  // Those that the row holds, if it holds all.
  void TakeMoves(pg::RowReader& read, LeadStory& story);
  absl::Status ReadMoves();
  // Takes writes back from the present version, one by one. Where one is missing, as of a time
  // before there was field history, the fields are taken to have been the same before.
  absl::Status ReadVersions();
  absl::Status ReadSales();

  const Reading& of_;
  pg::Array listed_;
  std::optional<std::pair<base::Uuid, base::Uuid>> range_;
  pg::Rows rows_;
  std::vector<LeadStory> stories_;
  ById without_moves_;   // with their rows
  ById by_opportunity_;  // of the converted ones
};

}  // namespace crm::lead
