#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clients/crmctl/import/csv_row.h"
#include "clients/crmctl/import/key_index.h"
#include "clients/crmctl/import/mapping.h"
#include "clients/crmctl/import/stage_histories.h"
#include "common/base/money.h"
#include "common/error/error.h"

namespace crm::crmctl {

// A stage that a thing was in, by the name that the other system has for it.
struct PastStage {
  std::string stage;
  absl::Time time;
};

// The values of one row by field, as the mapping says, each checked. Problems are collected, each
// as "column (field): what is wrong"; where the mapping says that a value may be left out, as a
// warning instead.
class RowValues {
 public:
  // Texts and words: tidy, at most as long as the rule allows. Empty where there is none.
  std::string Text(absl::string_view field);
  std::vector<std::string> Texts(absl::string_view field);
  std::optional<int32_t> Whole(absl::string_view field);
  std::optional<base::Money> Money(absl::string_view field);  // not negative
  std::optional<absl::Time> Date(absl::string_view field);    // not after `now`
  std::optional<absl::Time> Day(absl::string_view field);     // any
  std::string Key();
  // Of the mapping's attributes.*, and of all columns that nothing uses where it says so.
  std::map<std::string, std::string> Attributes();
  // By stage of the pipeline, those that are there.
  std::map<std::string, absl::Time> StageDates();
  // What the file of the stages' history has of this row; those whose time can be read.
  std::vector<PastStage> History();
  // The key of another row: the first, with a warning, where the cell has several.
  std::string Reference(absl::string_view field);

  const FileMapping& mapping() const;
  const CsvRow& row() const { return *row_; }
  bool Maps(absl::string_view field) const;

  void Problem(absl::string_view field, absl::string_view text);
  // A problem also where the mapping says that the value may be left out.
  void Refuse(absl::string_view field, absl::string_view text);
  void KeyProblem(absl::string_view text);
  void Warning(absl::string_view field, absl::string_view text);
  void Warn(std::string text) { warnings_.push_back(std::move(text)); }  // of the whole row
  const std::vector<std::string>& problems() const { return problems_; }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  friend class FileReader;
  RowValues(const class FileReader* reader, const CsvRow* row) : reader_(reader), row_(row) {}

  std::string Checked(absl::string_view field, std::string value);
  std::string CurrencyOf(absl::string_view field, std::string* text);

  const class FileReader* reader_;
  const CsvRow* row_;
  std::vector<std::string> problems_;
  std::vector<std::string> warnings_;
};

// A mapped file, ready to give the values of its rows. Holds references to the mapping and table.
class FileReader {
 public:
  using Listing = std::shared_ptr<const KeyIndex>;
  using Histories = std::shared_ptr<StageHistories>;
  // What other files of the data folder have.
  struct OtherFiles {
    // The values that stand in a column.
    std::function<absl::StatusOr<Listing>(const std::string& file, const std::string& column)>
        listing;
    std::function<absl::StatusOr<Histories>(const FileMapping& file)> history;
  };

  // `problems` gets a violation per column that the file lacks or has twice, and per other file
  // that cannot be read.
  FileReader(const Mapping& mapping, const FileMapping& file, const CsvColumns& table,
             absl::Time now, const OtherFiles& others, error::Error* problems);

  RowValues Row(const CsvRow& row) const { return RowValues(this, &row); }

 private:
  friend class RowValues;
  struct Source {
    const ValueSource* mapping;
    const FieldRule* rule;
    std::vector<size_t> columns;
    std::optional<size_t> currency_column;
    Listing listing;
    std::string label;  // for messages
  };

  std::optional<size_t> Need(const std::string& column, absl::string_view what,
                             error::Error* problems);
  void Add(const std::string& name, const FieldRule& rule, const ValueSource& from,
           const OtherFiles& others, error::Error* problems);
  void NeedTemplate(absl::string_view text, absl::string_view what, error::Error* problems);
  void TakeHistory(const OtherFiles& others, error::Error* problems);
  void FindRest();

  // Tidy, with the mapping's words for nothing taken as such; what is wrong with it in `problem`.
  std::string Cell(size_t column, const CsvRow& row, std::string* problem) const;
  std::string Value(const Source& source, const CsvRow& row, std::string* problem) const;
  std::string Fill(absl::string_view text, const CsvRow& row, std::string* problem) const;
  const Source* Find(absl::string_view field) const;

  const Mapping& all_;
  const FileMapping& mapping_;
  const CsvColumns& table_;
  const absl::Time now_;
  std::vector<size_t> key_;
  std::optional<size_t> history_column_;
  Histories histories_;
  std::vector<bool> used_;                            // by column
  std::vector<std::pair<size_t, std::string>> rest_;  // column → key of its attribute
  absl::flat_hash_map<std::string, Source> sources_;
  absl::flat_hash_map<std::string, size_t> templates_;  // columns named in templates
};

// The key of an attribute for a column's name: "Región (ES)" is region_es. Empty if it has none.
std::string AttributeKey(absl::string_view column);

}  // namespace crm::crmctl
