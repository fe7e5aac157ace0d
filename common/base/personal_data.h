#pragma once

#include "absl/types/span.h"

// Which of what a service stores tells of a person, so that it can be emptied when the person is
// erased. Each service has one such table in its domain; a test holds it against the schema.
namespace crm::base {

// What stands in a column once it is emptied.
enum class Emptied {
  kText,        // ''
  kName,        // kErasedName: what is shown where a name is
  kNull,        // NULL
  kList,        // '[]'
  kMap,         // '{}'
  kPartOfJson,  // a json column without the members that are named
  kPartOfJsonb  // the same of a jsonb column
};

inline constexpr char kErasedName[] = "erased";

struct PersonalColumn {
  const char* table;
  const char* column;
  Emptied emptied;
  absl::Span<const char* const> members = {};  // of kPartOfJson and kPartOfJsonb, at any depth
};

// A field of the field history whose old values go.
struct PersonalField {
  const char* name;
  absl::Span<const char* const> members = {};  // none: the whole value
  // Whose things have it; nullptr: all; "": none any more, only old revisions.
  const char* table = nullptr;
};

struct PersonalTable {
  const char* name;
  const char* key;  // the column by which its rows belong to a thing: "id", "lead"
  // The rows are the things themselves: they have revision and update_time, which an erasure moves
  // on as any other write does.
  bool things;
};

// All have static storage.
struct PersonalData {
  absl::Span<const PersonalTable> tables;
  absl::Span<const PersonalColumn> columns;
  absl::Span<const PersonalField> fields;
};

// What else could hold text and does not tell of a person: "table.column".
using ImpersonalColumns = absl::Span<const char* const>;

}  // namespace crm::base
