#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "clients/crmctl/import/file_tables.h"
#include "clients/crmctl/import/import_ids.h"
#include "clients/crmctl/import/key_index.h"
#include "clients/crmctl/import/mapping.h"
#include "clients/crmctl/import/records.h"
#include "clients/crmctl/import/row_records.h"
#include "clients/crmctl/import/row_values.h"

namespace crm::crmctl {

// A row of a file, checked.
struct ImportRecord {
  int64_t line = 0;
  std::string raw;      // as it stands in the file
  std::string problem;  // why it cannot be imported, all of it; empty if it can
  std::string warning;  // what was left out or changed
  int level = 0;        // of an organization: parents within the file come before; 0 has none there
  // Of a row without a problem.
  std::variant<std::monostate, ContactRecord, DealRecord, EvidenceRecord, AccountRecord> thing;
};

// Where the organizations of a file stand among themselves. Some 70 bytes a row while it is found.
class ParentOrder {
 public:
  void Add(const base::Uuid& id, const base::Uuid& parent, const CsvRow& row);
  // Finds everybody's level; `known` are those that other files have. False when it was stopped.
  bool Solve(const KnownRows& known, const std::function<bool()>& stop);
  // Of the row that begins at a place: nothing if its parent is not known, or below it.
  std::optional<int> LevelOf(const base::Uuid& id) const;

  struct Place {
    int level;
    int64_t place, line;
  };
  // All rows above level 0, in the order of levels.
  std::vector<Place> Later() const;

 private:
  struct Node {
    base::Uuid parent;
    int64_t place, line;
    int level;
  };
  void SolveFrom(size_t start, const KnownRows& known, std::vector<size_t>* path);

  std::vector<Node> nodes_;
  KeyIndex index_;  // of nodes_
};

// The rows of one file in the order of import: that of the file, but organizations below others of
// the file behind them. A row's problems are found all at once: malformed values, missing ones,
// unknown stages, keys used twice, references to rows that do not exist or are rejected themselves,
// parents in a circle, dates in the wrong order or after `now`. Holds the row at hand and an index
// of keys.
class RecordFeed {
 public:
  // The next row. False at its end, when it was stopped, and when it could not be read.
  bool Next(ImportRecord* record);
  // CANCELLED or NOT_FOUND or RESOURCE_EXHAUSTED when that ended it; else OK.
  const absl::Status& status() const { return status_; }

  const FileMapping& mapping() const { return mapping_; }
  const FileRows& file() const { return *rows_; }
  int64_t read() const { return read_; }                // rows so far that count
  int64_t passed_over() const { return passed_over_; }  // those of a key that stood before
  double share() const;                                 // of the file that was read, 0 to 1
  bool complete() const { return complete_; }           // read to its end
  // Shown each sound row of the file once, as it stands there.
  void Watch(std::function<void(const CsvRow&)> watcher) { watcher_ = std::move(watcher); }

 private:
  friend class ImportFiles;
  RecordFeed(const Mapping& mapping, const FileMapping& file, const ImportIds& ids, absl::Time now,
             const std::function<bool()>& stop, Known* known, std::unique_ptr<FileRows> rows)
      : all_(mapping),
        mapping_(file),
        ids_(ids),
        now_(now),
        stop_(stop),
        known_(*known),
        rows_(std::move(rows)) {}

  bool Stopped();
  // Reads rows for what others refer to alone. False when it was stopped.
  bool ReadKnown(FileRows* rows);
  bool FindOrder();
  bool NextOfFile(ImportRecord* record);
  bool NextOfLater(ImportRecord* record);
  // Checks row_. False when it is passed over.
  bool Take(ImportRecord* record);
  base::Uuid Read(RowValues* values, ImportRecord* record);
  // The line on which its key stood before.
  std::optional<int64_t> LineBefore(const base::Uuid& id) const;
  void Keep(const base::Uuid& id, const ImportRecord& record);
  void KeepContact(const base::Uuid& id, const ContactRecord& contact);
  void KeepSale(const DealRecord& deal);

  const Mapping& all_;
  const FileMapping& mapping_;
  const ImportIds& ids_;
  const absl::Time now_;
  const std::function<bool()>& stop_;
  Known& known_;
  std::unique_ptr<FileRows> rows_;
  std::unique_ptr<FileReader> reader_;
  // Where rows were mended: those of the data folder, of which none is given. Without mended rows
  // of the file they are rows_.
  std::unique_ptr<FileRows> before_;
  std::unique_ptr<FileReader> before_reader_;
  bool gives_none_ = false;
  std::function<void(const CsvRow&)> watcher_;
  CsvRow row_;
  KeyIndex keys_;         // → line
  KeyIndex before_keys_;  // of before_, whose rows may be mended although they could be sent
  std::unique_ptr<ParentOrder> order_;
  std::vector<ParentOrder::Place> later_;
  size_t next_later_ = 0;
  bool began_ = false;
  bool complete_ = false;
  int64_t read_ = 0;
  int64_t passed_over_ = 0;
  absl::Status status_;
};

}  // namespace crm::crmctl
