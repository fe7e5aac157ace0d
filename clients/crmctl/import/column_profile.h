#pragma once

#include <string>
#include <vector>

#include "clients/crmctl/import/csv_table.h"

namespace crm::crmctl {

// What a column looks like.
struct ColumnProfile {
  std::string name;
  std::string type;  // "empty", "number", "whole number", "date", "e-mail", "words", "text"
  int64_t filled = 0;
  int64_t spoiled = 0;                // not UTF-8 and the like
  int64_t distinct = 0;               // up to kManyValues
  std::vector<std::string> examples;  // of "words" all of them, else the first few; shown
  std::vector<std::string> formats;   // of dates: those that all filled cells fit
};

constexpr int64_t kManyValues = 1000;  // and more are not told apart

// Looks at the rows of a table: a second for a hundred thousand.
class TableProfiler {
 public:
  explicit TableProfiler(const std::vector<std::string>& columns);
  ~TableProfiler();

  void Take(const CsvRow& row);  // a sound one
  // One for each column.
  std::vector<ColumnProfile> Profiles();

 private:
  class Column;
  std::vector<Column> columns_;
};
// Of a table that is held.
std::vector<ColumnProfile> ProfilesOf(const CsvTable& table);

}  // namespace crm::crmctl
