#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clients/crmctl/import/csv_reader.h"
#include "clients/crmctl/import/key_index.h"
#include "clients/crmctl/import/mapping.h"
#include "clients/crmctl/import/row_values.h"

namespace crm::crmctl {

// A file whose rows others bring into theirs, found by the value of a column: an index of where
// each row stands is held, not the rows.
class JoinedFile {
 public:
  JoinedFile(CsvReader reader, size_t column) : reader_(std::move(reader)), column_(column) {}

  // Reads the whole file. Errors: CANCELLED; NOT_FOUND when it cannot be read to its end.
  absl::Status Index();
  const std::vector<std::string>& columns() const { return reader_.columns(); }
  // The first row that has the value; nullptr if none has. Good until the next call.
  const CsvRow* Find(const std::string& value);

 private:
  static constexpr size_t kHeld = 4096;

  CsvReader reader_;
  const size_t column_;
  KeyIndex places_;
  absl::flat_hash_map<int64_t, CsvRow> held_;  // those used last, by place
};

// The rows of a mapped file: with the columns that others bring in, and only those that count.
class FileRows : public CsvColumns {
 public:
  explicit FileRows(CsvReader reader) : reader_(std::move(reader)) {
    AddColumns(reader_.columns());
  }

  bool Next(CsvRow* row);
  bool At(int64_t place, int64_t line, CsvRow* row);
  void Rewind() { reader_.Rewind(); }

  const std::string& header() const { return reader_.header(); }
  int64_t size() const { return reader_.size(); }
  // CsvReader::status.
  absl::Status status() const { return reader_.status(); }

 private:
  friend class FileTables;

  void Join(CsvRow* row);
  bool Counts(const CsvRow& row) const;

  CsvReader reader_;
  std::vector<std::pair<size_t, std::shared_ptr<JoinedFile>>> joins_;  // own column → file
  std::vector<std::pair<size_t, const RowCondition*>> where_;
};

// The files of a mapping's data folder, read as the mapping says. One thread.
class FileTables {
 public:
  // All must outlive it. `stop`: CsvOptions::stop.
  FileTables(const Mapping& mapping, const std::string& folder, const std::function<bool()>& stop)
      : mapping_(mapping), folder_(folder), stop_(stop) {}

  // Errors: INVALID_ARGUMENT, NOT_FOUND, CANCELLED; see CsvReader.
  absl::StatusOr<std::unique_ptr<FileRows>> Prepared(const FileMapping& file);
  // The rows of a file of that name in another folder, which has no rows at its end that are none;
  // nullptr where there is no such file. What they join is that of the data folder.
  absl::StatusOr<std::unique_ptr<FileRows>> PreparedIn(const std::string& folder,
                                                       const FileMapping& file);
  // The stages that a file's `stage_history` has.
  absl::StatusOr<FileReader::Histories> History(const FileMapping& file);
  // The values of a column.
  absl::StatusOr<FileReader::Listing> Values(const std::string& file, const std::string& column);

 private:
  absl::StatusOr<std::unique_ptr<FileRows>> WithJoins(const FileMapping& file, CsvReader reader);
  absl::StatusOr<CsvReader> OpenAs(const std::string& file, const FileMapping& like);
  // With the form of its own if it is imported itself, else with the encoding of `like`.
  absl::StatusOr<CsvReader> OpenOther(const std::string& file, const FileMapping& like);
  absl::StatusOr<std::shared_ptr<JoinedFile>> Joined(const FileMapping& file, const FileJoin& join);

  const Mapping& mapping_;
  const std::string& folder_;
  const std::function<bool()>& stop_;
  // By file and column, since several files may need it.
  std::map<std::pair<std::string, std::string>, std::shared_ptr<JoinedFile>> joined_;
};

}  // namespace crm::crmctl
