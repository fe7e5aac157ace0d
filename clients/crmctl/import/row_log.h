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
  };
  using Take = std::function<void(const Entry&)>;

  // Errors: RESOURCE_EXHAUSTED.
  static absl::StatusOr<std::unique_ptr<RowLog>> Make();

  // A row is told once, with all there is to say of it.
  void Fail(int64_t line, absl::string_view reason) { Add(line, reason, &failures_); }
  void Warn(int64_t line, absl::string_view text) { Add(line, text, &warnings_); }

  // The first `most` in the order of lines. With the default all are put in order, which takes a
  // second for some ten million.
  void ForEachFailure(const Take& take, size_t most = SIZE_MAX) const {
    ForEach(failures_, most, take);
  }
  void ForEachWarning(const Take& take, size_t most = SIZE_MAX) const {
    ForEach(warnings_, most, take);
  }
  int64_t failed() const { return static_cast<int64_t>(failures_.size()); }
  int64_t warned() const { return static_cast<int64_t>(warnings_.size()); }
  // Whether all of it could be kept.
  const absl::Status& status() const { return texts_.status(); }

 private:
  struct Place {
    int64_t line;
    int64_t text;
    bool operator<(const Place& other) const { return line < other.line; }
  };

  explicit RowLog(ScratchFile texts) : texts_(std::move(texts)) {}

  void Add(int64_t line, absl::string_view reason, std::vector<Place>* places) {
    places->push_back({line, texts_.Keep(reason)});
  }
  void ForEach(std::vector<Place>& places, size_t most, const Take& take) const;

  mutable ScratchFile texts_;
  mutable std::vector<Place> failures_, warnings_;  // ordered when they are read
};

}  // namespace crm::crmctl
