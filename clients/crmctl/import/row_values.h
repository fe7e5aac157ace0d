#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clients/crmctl/import/csv_table.h"
#include "clients/crmctl/import/mapping.h"
#include "common/error/error.h"

namespace crm::crmctl {

// The values of one row by field, as the mapping says, each checked. Problems are collected, each
// as "column (field): what is wrong".
class RowValues {
 public:
  // Texts and words: the text, at most as long as the rule allows. Empty where there is none.
  std::string Text(const char* field);
  std::optional<int32_t> Whole(const char* field);
  std::optional<int64_t> Minor(const char* field);    // not negative
  std::optional<absl::Time> Date(const char* field);  // YYYY-MM-DD, 00:00 UTC, not after `now`
  std::string Key();

  // The currency and the stages that the mapping names for this row's file.
  const FileMapping& mapping() const;
  const CsvRow& row() const { return *row_; }

  void Problem(absl::string_view field, absl::string_view text);
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  friend class FileReader;
  RowValues(const class FileReader* reader, const CsvRow* row) : reader_(reader), row_(row) {}

  const class FileReader* reader_;
  const CsvRow* row_;
  std::vector<std::string> problems_;
};

// A mapped file, ready to give the values of its rows. Holds references to the mapping and table.
class FileReader {
 public:
  using Listing = std::shared_ptr<const absl::flat_hash_set<std::string>>;
  // The values that stand in a column of another file of the data folder.
  using ListingSource =
      std::function<absl::StatusOr<Listing>(const std::string& file, const std::string& column)>;

  // `problems` gets a violation per column that the file lacks and listing that cannot be read.
  FileReader(const FileMapping& mapping, const CsvTable& table, absl::Time now,
             const ListingSource& listing, error::Error* problems);

  RowValues Row(const CsvRow& row) const { return RowValues(this, &row); }

 private:
  friend class RowValues;
  struct Source {
    const ValueSource* mapping;
    const FieldRule* rule;
    std::optional<size_t> column;
    Listing listing;
    std::string label;  // for messages
  };

  std::string Value(const Source& source, const CsvRow& row) const;
  std::string Fill(absl::string_view text, const CsvRow& row) const;
  const Source* Find(absl::string_view field) const;

  const FileMapping& mapping_;
  const CsvTable& table_;
  const absl::Time now_;
  std::optional<size_t> key_;
  absl::flat_hash_map<std::string, Source> sources_;
};

}  // namespace crm::crmctl
