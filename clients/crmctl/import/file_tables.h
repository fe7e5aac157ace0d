#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>

#include <functional>
#include <memory>
#include <string>

#include "clients/crmctl/import/csv_table.h"
#include "clients/crmctl/import/mapping.h"
#include "clients/crmctl/import/row_values.h"

namespace crm::crmctl {

// The files of a mapping's data folder, read as the mapping says. One thread.
class FileTables {
 public:
  // All must outlive it. `stop`: CsvOptions::stop.
  FileTables(const Mapping& mapping, const std::string& folder, const std::function<bool()>& stop)
      : mapping_(mapping), folder_(folder), stop_(stop) {}

  // A file with the columns that others bring in, and only the rows that count. Errors:
  // INVALID_ARGUMENT, NOT_FOUND, CANCELLED; see CsvTable.
  absl::StatusOr<CsvTable> Prepared(const FileMapping& file);
  // The stages that a file's `stage_history` has, in their order.
  absl::StatusOr<FileReader::Histories> History(const FileMapping& file);
  // The values of a column.
  absl::StatusOr<FileReader::Listing> Values(const std::string& file, const std::string& column);

 private:
  // As it is, with the encoding and so on of `like`; kept, since several files may need it.
  absl::StatusOr<std::shared_ptr<const CsvTable>> Plain(const std::string& file,
                                                        const FileMapping& like);
  absl::StatusOr<CsvTable> ReadAs(const std::string& file, const FileMapping& like);
  absl::Status Bring(const FileMapping& file, const FileJoin& join, CsvTable* table);

  const Mapping& mapping_;
  const std::string& folder_;
  const std::function<bool()>& stop_;
  absl::flat_hash_map<std::string, std::shared_ptr<const CsvTable>> plain_;
};

}  // namespace crm::crmctl
