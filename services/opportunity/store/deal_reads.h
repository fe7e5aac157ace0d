#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/status.h"
#include "common/base/uuid.h"
#include "common/pg/params.h"
#include "common/pg/snapshot.h"
#include "common/report/in_turn.h"
#include "services/opportunity/store/report_reads.h"

namespace crm::opportunity {

// Opportunities that are read and told at a time.
inline constexpr int64_t kPiece = 2000;
// Connections on which they are read, one for each thread.
inline constexpr size_t kConnections = 2;

// Opportunities by their ids, in order.
using DealIds = std::vector<base::Uuid>;

// What the parts of one reading for a report share; any thread may use it.
struct Reading {
  pg::Snapshot& snapshot;
  const std::string& tenant;
  const DealNeeds& needs;
  int64_t most_changes;
  const std::function<absl::Status(const Deal&)>& visit;

  // What was written by then is in effect at the viewpoint.
  absl::Time Viewed() const { return std::min(needs.view.at, needs.view.known_at); }
};

// Some of those that are read and told: of a list, or behind an id and up to another.
struct Portion {
  pg::Array listed;  // empty: a range
  base::Uuid behind;
  base::Uuid up_to;
};

// Takes one after the other of `listed`, which are in order, or without of all of the tenant.
class Portions {
 public:
  Portions(const Reading& of, const std::optional<DealIds>& listed) : of_(of), listed_(listed) {}

  // Nothing if there are no more.
  absl::StatusOr<std::optional<Portion>> Next();

 private:
  const Reading& of_;
  const std::optional<DealIds>& listed_;
  size_t next_ = 0;  // in the list
  base::Uuid behind_;
  bool ended_ = false;
};

// Reads and tells them all, each as a Piece, which is made of the reading, a Portion and `more`.
template <class Piece, class... More>
absl::Status TellByPortions(const Reading& of, const std::optional<DealIds>& listed,
                            const More&... more) {
  Portions portions(of, listed);
  return report::TellInTurn<Piece>(
      {.take = [&]() -> absl::StatusOr<std::unique_ptr<Piece>> {
         CRM_ASSIGN_OR_RETURN(std::optional<Portion> portion, portions.Next());
         if (!portion) return nullptr;
         return std::make_unique<Piece>(of, *std::move(portion), more...);
       },
       .read = [](Piece& piece) { return piece.Read(); },
       .tell = [](const Piece& piece) { return piece.Tell(); }});
}

// From when on versions are needed: what was written by then holds at the viewpoint.
absl::Time VersionsSince(const Reading& of);

// Gives `deals`, which have their present version and, where they were written since the viewpoint,
// their stage changes, the versions that the viewpoint needs. From the nearest side: forward from
// the last stage change before the instant where that tells all that is asked for, else back from
// the present. Where a write is missing, as of a time before there was field history, the fields
// are taken to have been the same before.
absl::Status ReadVersions(const Reading& of, absl::Span<Deal> deals);

}  // namespace crm::opportunity
