#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "clients/crmctl/import/file_tables.h"
#include "clients/crmctl/import/record_feed.h"
#include "common/error/error.h"

namespace crm::crmctl {

// The files of an import, opened and found to have what their mapping needs. They are read one
// after the other, each to its end: what hangs on a row is told of it.
class ImportFiles {
 public:
  // All must outlive it. `stop` is asked now and then. `mended`: a folder with rows that were
  // mended; then these alone are given, and those of the data folder are what they refer to.
  // Errors: INVALID_ARGUMENT with every file that cannot be read and every column that is missing;
  // RESOURCE_EXHAUSTED; CANCELLED.
  static absl::StatusOr<std::unique_ptr<ImportFiles>> Open(const Mapping& mapping,
                                                           const std::string& folder,
                                                           const ImportIds& ids, absl::Time now,
                                                           const std::function<bool()>& stop,
                                                           const std::string& mended = "");

  size_t size() const { return feeds_.size(); }
  RecordFeed& feed(size_t file) { return *feeds_[file]; }
  const RecordFeed& feed(size_t file) const { return *feeds_[file]; }

 private:
  ImportFiles() = default;

  // What the files tell each other.
  absl::Status MakeKnown(const Mapping& mapping);
  // What reads each feed's rows. False when it was stopped.
  bool MakeReaders(const Mapping& mapping, absl::Time now, FileTables* tables,
                   error::Error* problems);

  Known known_;
  std::vector<std::unique_ptr<RecordFeed>> feeds_;
};

}  // namespace crm::crmctl
