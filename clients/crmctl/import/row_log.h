#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "clients/crmctl/import/scratch_file.h"

namespace crm::crmctl {

// What is told of the rows of a file: why they failed, and what was left out of others. 16 bytes a
// row are held; the texts are on disk.
class RowLog {
 public:
  struct Entry {
    int64_t line = 0;
    std::string reason;
    std::string raw;  // the row
  };
  using Take = std::function<void(const Entry&)>;

  // Errors: RESOURCE_EXHAUSTED.
  static absl::StatusOr<std::unique_ptr<RowLog>> Make();

  void Fail(int64_t line, absl::string_view reason, absl::string_view raw);
  void Warn(int64_t line, absl::string_view text, absl::string_view raw);

  // In the order of lines; of several texts of one row one entry is made. A row that failed is not
  // warned of as well.
  void ForEachFailure(const Take& take) const { ForEach(failures_, {}, take); }
  void ForEachWarning(const Take& take) const { ForEach(warnings_, failures_, take); }
  int64_t warned() const;  // rows
  // Whether all of it could be kept.
  const absl::Status& status() const { return texts_.status(); }

 private:
  struct Place {
    int64_t line;
    int64_t text;
  };

  explicit RowLog(ScratchFile texts) : texts_(std::move(texts)) {}

  void Add(int64_t line, absl::string_view reason, absl::string_view raw,
           std::vector<Place>* places);
  static void Sort(std::vector<Place>* places);
  void ForEach(std::vector<Place>& places, const std::vector<Place>& without,
               const Take& take) const;

  mutable ScratchFile texts_;
  mutable std::vector<Place> failures_, warnings_;  // ordered when they are read
};

}  // namespace crm::crmctl
