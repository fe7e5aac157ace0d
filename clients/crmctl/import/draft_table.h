#pragma once

#include <absl/container/flat_hash_set.h>
#include <absl/status/statusor.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "clients/crmctl/import/column_profile.h"
#include "clients/crmctl/import/csv_table.h"
#include "clients/crmctl/import/draft.h"

namespace crm::crmctl {

// A file that a mapping is drafted for.
struct DraftTable {
  // What its rows are to the import.
  enum class Role {
    kThings,
    kUsers,    // who owns them
    kHistory,  // the stages that deals were in
  };

  std::string name;
  std::string encoding;
  int skip = 0, footer = 0;
  Role role = Role::kThings;
  Entity entity = Entity::kDeal;
  CsvTable table;
  std::vector<ColumnProfile> columns;

  // The columns that a field of an entity could be, in the order of the words.
  std::vector<std::string> Candidates(Entity of, absl::string_view field) const;
  // The first of them, and those that are read where it is empty.
  std::vector<std::string> Chain(Entity of, absl::string_view field) const;
  // The first of them; empty for none.
  std::string Find(Entity of, absl::string_view field) const;
  // A column by one of its names in search form; empty for none.
  std::string Named(std::initializer_list<absl::string_view> words) const;
  const ColumnProfile& Profile(const std::string& column) const;
  // The tidy cells of a column, of the first rows that can be read.
  std::vector<std::string> Cells(const std::string& column, size_t most = SIZE_MAX) const;
  // The words of a column in search form, each once, in their order; at most 60.
  std::vector<std::string> Distinct(const std::string& column) const;
};

// Reads a file: finds its encoding, its header below a title, and what its rows are. Errors:
// INVALID_ARGUMENT, NOT_FOUND.
absl::StatusOr<DraftTable> ReadDraftTable(const std::filesystem::path& path);

// A name in search form: "Close Date" is "close date".
std::string FormOf(absl::string_view name);

}  // namespace crm::crmctl
