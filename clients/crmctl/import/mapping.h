#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "clients/crmctl/import/money_text.h"
#include "clients/crmctl/import/value_text.h"
#include "clients/crmctl/import/word_map.h"

namespace crm::crmctl {

// What the rows of a file are.
enum class Entity {
  kOrganization,
  kPerson,
  kDeal,         // a lead and, once it got so far, its opportunity, in one row
  kLead,         // a lead by itself
  kOpportunity,  // an opportunity without a lead
  kAccount,      // what is known of a customer; opened by sales, not by a row
  kActivity,     // of a lead, also one that was sold to
  kAssessment,   // of one criterion of a lead
};

// What kind of value a field takes.
enum class FieldKind {
  kText,
  kTexts,  // several, cut by `split`
  kWhole,
  kPercent,
  kYear,
  kMoney,
  kDate,       // when something happened: not in the future
  kDay,        // any day
  kClosing,    // when a deal is expected to close while it is open, and when it did afterwards
  kReference,  // the key of a row of a file before; the first of several, cut by `split`
  kStage,
  kWord,
};

// A field that a mapping may fill.
struct FieldRule {
  const char* name;
  FieldKind kind;
  int limit;      // kText, kTexts: most characters; kWhole, kPercent, kYear: the greatest value
  bool required;  // must be mapped, and every row must have a value
};
const std::vector<FieldRule>& FieldsOf(Entity entity);
const char* NameOf(Entity entity);
// A custom attribute, which all but activities and assessments take: fields named
// "attributes.KEY".
extern const FieldRule kAttributeRule;
constexpr absl::string_view kAttributePrefix = "attributes.";

inline bool IsContact(Entity entity) {
  return entity == Entity::kOrganization || entity == Entity::kPerson;
}

// Whether rows go through the states of leads or the stages of a pipeline.
inline bool IsSale(Entity entity) {
  return entity == Entity::kDeal || entity == Entity::kLead || entity == Entity::kOpportunity;
}

// Whether rows are recorded with a lead.
inline bool IsEvidence(Entity entity) {
  return entity == Entity::kActivity || entity == Entity::kAssessment;
}

// Where a deal, lead or opportunity ends up.
enum class Target {
  kNew,      // a lead nobody has looked at
  kWorking,  // a lead being worked
  kQualified,
  kDisqualified,
  kOpen,  // an open opportunity
  kWon,
  kLost,
};

// A place of the mapping's `stages`.
struct StageTarget {
  Target target = Target::kWorking;
  std::string stage;  // of the pipeline, where an open opportunity stands; empty: the first
};

// Words that stand for others.
using WordTable = WordMap<std::string>;

// Where the value of a field comes from.
struct ValueSource {
  enum class From { kColumn, kConstant, kTemplate };
  From from = From::kColumn;
  std::string text;                 // the column, the constant, or a text with {columns} in braces
  std::vector<std::string> others;  // columns that are read, in turn, where `text` is empty
  WordTable words;
  std::string fallback;  // used where the value is empty
  bool drop = false;     // a value that cannot be used is left out with a warning, not the row
  bool cut = false;      // kText: what is too long is cut with a warning
  std::string split;     // kTexts, kReference: any of these stands between two values

  std::string currency;                                     // kMoney: the ISO 4217 code…
  std::string currency_column;                              // …or where it stands…
  WordTable currency_words;                                 // …and what is written there for it
  std::map<std::string, std::string, std::less<>> symbols;  // before or behind the number → code
  int64_t scale = 1;                                        // kMoney: the number is in these units
  NumberForm number;                                        // kMoney, kWhole, kPercent
  Range range = Range::kRefuse;                             // kWhole
  std::vector<std::string> formats;                         // dates: see ParseTime

  std::string listed_file;    // the value must stand in this file…
  std::string listed_column;  // …in this column
};

// What identifies a row and becomes its external id.
struct KeySource {
  enum class From { kColumns, kTemplate, kRow };
  From from = From::kColumns;
  std::vector<std::string> columns;  // their values, with " | " between them
  std::string text;                  // a template
  std::string label;                 // for messages
};

// Which rows count.
struct RowCondition {
  std::string column;
  std::vector<std::string> in, not_in;  // folded; one of the three is given
  std::string matches;                  // a pattern with * and ?, folded
};

// Columns that another file brings in.
struct FileJoin {
  std::string file;
  std::string own, other;  // the columns that must agree
  std::string prefix;      // before the names of its columns
};

// The stages that things were in, each with its time, as rows of a file of their own.
struct StageHistory {
  std::string file;        // empty: there is none
  std::string own, other;  // the columns that must agree
  std::string stage;       // the column that is looked up in the mapping's `stages`
  ValueSource time;
};

struct FileMapping {
  Entity entity = Entity::kOrganization;
  std::string file;   // relative to the data folder
  std::string label;  // for people: "companies", "deals"
  std::string encoding;
  char delimiter = 0;  // 0: found from the header
  int skip = 0;        // lines before the header
  int footer = 0;      // rows at the end that are none
  std::vector<RowCondition> where;
  bool first_only = false;  // of rows with one key the first counts, others are passed over
  std::vector<FileJoin> joins;
  KeySource key;
  absl::flat_hash_map<std::string, ValueSource> fields;  // also attributes.KEY
  bool rest_attributes = false;  // columns that nothing else uses become attributes
  WordMap<StageTarget> stages;   // value of `stage` → place
  std::map<std::string, ValueSource> stage_dates;  // stage of the pipeline → when it was entered
  StageHistory history;
};

// How the columns of CSV files become contacts, leads, opportunities and what is known of them.
struct Mapping {
  enum class Mode { kCreate, kUpdate };
  enum class Duplicates { kRefuse, kDrop, kAttach };

  std::string name;  // part of all request ids: the same import has the same name
  std::string data;  // folder of the files, relative to the mapping; may be empty
  std::string override_reason = "imported";
  std::string loss_note = "imported";
  std::string pipeline;  // of the opportunities; empty: the default one
  absl::TimeZone zone = absl::UTCTimeZone();
  std::vector<std::string> empty_words;  // stand for nothing; folded
  Mode mode = Mode::kCreate;
  std::optional<absl::Time> exported;  // when the files were; of rows that do not say it themselves
  bool allow_back = false;  // in mode update: deals may come back to where they were before
  Duplicates duplicates = Duplicates::kRefuse;  // an e-mail address that another contact has
  std::vector<FileMapping> files;               // in the order of import

  // JSON; comments are allowed. See docs/import.md for the format. Errors: INVALID_ARGUMENT with
  // one violation per problem, all of them.
  static absl::StatusOr<Mapping> Parse(absl::string_view json);
  // Also NOT_FOUND when the file cannot be read.
  static absl::StatusOr<Mapping> Read(const std::string& path);
};

}  // namespace crm::crmctl
