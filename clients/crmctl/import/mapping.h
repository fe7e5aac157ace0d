#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace crm::crmctl {

// What the rows of a file are.
enum class Entity { kOrganization, kPerson, kDeal };

// What kind of value a field takes.
enum class FieldKind { kText, kWhole, kYear, kMoney, kDate, kReference, kStage, kWord };

// A field that a mapping may fill.
struct FieldRule {
  const char* name;
  FieldKind kind;
  int limit;      // kText: most characters; kWhole, kYear: the greatest value
  bool required;  // must be mapped, and every row must have a value
};
const std::vector<FieldRule>& FieldsOf(Entity entity);
const char* NameOf(Entity entity);

// Where a deal ends up.
enum class Target {
  kWorking,  // a lead being worked
  kOpen,     // an open opportunity
  kWon,
  kLost,
};

// Where the value of a field comes from.
struct ValueSource {
  enum class From { kColumn, kConstant, kTemplate };
  From from = From::kColumn;
  std::string text;  // the column, the constant, or a text with {columns} in braces
  std::map<std::string, std::string, std::less<>> values;  // value → value to use instead
  std::string fallback;                                    // used where the value is empty
  std::string currency;                                    // kMoney
  int64_t scale = 1;                                       // kMoney: the number is in these units
  std::string listed_file;                                 // the value must stand in this file…
  std::string listed_column;                               // …in this column
};

struct FileMapping {
  Entity entity = Entity::kOrganization;
  std::string file;   // relative to the data folder
  std::string label;  // for people: "companies", "deals"
  std::string key;    // the column that identifies a row; becomes the external id
  absl::flat_hash_map<std::string, ValueSource> fields;
  std::map<std::string, Target, std::less<>> stages;  // deals: value of `stage` → where it ends up
};

// How the columns of CSV files become contacts, leads and opportunities.
struct Mapping {
  std::string name;  // part of all request ids: the same import has the same name
  std::string data;  // folder of the files, relative to the mapping; may be empty
  std::string override_reason = "imported";
  std::string loss_note = "imported";
  std::string pipeline;            // of the opportunities; empty: the default one
  std::vector<FileMapping> files;  // in the order of import

  // JSON; comments are allowed. See clients/crmctl/mappings/README.md for the format. Errors:
  // INVALID_ARGUMENT with one violation per problem, all of them.
  static absl::StatusOr<Mapping> Parse(absl::string_view json);
  // Also NOT_FOUND when the file cannot be read.
  static absl::StatusOr<Mapping> Read(const std::string& path);
};

}  // namespace crm::crmctl
