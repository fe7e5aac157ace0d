#pragma once

#include <absl/container/flat_hash_set.h>
#include <absl/status/status.h>
#include <absl/strings/string_view.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "clients/crmctl/import/mapping.h"
#include "clients/crmctl/import/record_feed.h"

namespace crm::crmctl {

// Writes rows that failed with their reasons, and what was left out of others, to a file as they
// are found; and beside it in a folder, per file of the import, the failed rows alone with the
// header of their file: to be mended and imported by the same mapping. So that all is there
// whenever a run is stopped. In the order in which rows are done. One thread.
class RejectsWriter {
 public:
  static const std::vector<std::string>& Columns();
  // Whether `path` can be written; leaves what is there as it is. Errors: PERMISSION_DENIED;
  // INVALID_ARGUMENT for what is no file, as a folder or a device.
  static absl::Status CheckPlace(const std::string& path);

  // Takes away what an earlier run of the mapping has written to `path` and into `path`.d; nothing
  // else that is there.
  RejectsWriter(std::string path, const Mapping& mapping);

  // `raw`: the row as it stands in the file.
  void Fail(const RecordFeed& feed, int64_t line, absl::string_view reason, absl::string_view raw);
  void Warn(const RecordFeed& feed, int64_t line, absl::string_view text, absl::string_view raw);

  const std::string& path() const { return path_; }
  // Errors: PERMISSION_DENIED when something could not be written.
  absl::Status Flush();

 private:
  void Write(const RecordFeed& feed, int64_t line, absl::string_view reason, absl::string_view raw);
  void OpenMendable(const RecordFeed& feed);
  std::filesystem::path MendablePath(const FileMapping& mapping) const;

  const std::string path_;
  std::ofstream out_;
  std::ofstream mendable_;
  std::string mendable_path_;
  const RecordFeed* of_ = nullptr;                             // whose rows mendable_ has
  std::map<std::string, absl::flat_hash_set<int64_t>> lines_;  // that each file in the folder has
  absl::Status status_;
};

}  // namespace crm::crmctl
