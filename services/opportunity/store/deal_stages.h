#pragma once

#include <array>
#include <cstddef>
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

  // The last texts of a column, kept: of stages there are few, so most are found here.
  class LastTexts {
   public:
    // nullptr if it is none of them.
    const absl::string_view* Find(absl::string_view text) const {
      for (const absl::string_view& each : texts_) {
        if (each == text && each.data() != nullptr) return &each;
      }
      return nullptr;
    }
    absl::string_view Add(absl::string_view text) {
      next_ = (next_ + 1) % texts_.size();
      return texts_[next_] = text;
    }

   private:
    std::array<absl::string_view, 8> texts_;
    size_t next_ = 0;
  };

  // `text`, kept.
  absl::string_view Kept(absl::string_view text, LastTexts& last) {
    const absl::string_view* const found = last.Find(text);
    return found != nullptr ? *found : last.Add(*texts_.emplace(text).first);
  }
  // Takes the next change off the columns; false for what cannot be read.
  bool ReadOne(Columns& columns, DealChange& it);
  bool ReadMore(MoreColumns& columns, DealChange& it);

  absl::node_hash_set<std::string> texts_;
  LastTexts pipelines_, stages_, keys_, names_, owners_;
  absl::flat_hash_map<std::pair<base::Uuid, int64_t>, std::unique_ptr<Correction>> corrections_;
};

}  // namespace crm::opportunity
