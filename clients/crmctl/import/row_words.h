#pragma once

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <string>

#include "clients/crmctl/import/row_values.h"

namespace crm::crmctl {

// Reads a field that is the word of an enum value: `prefix` and the word, in any case, with spaces
// for the underscores if need be.
template <class Enum>
void ReadWord(RowValues* values, const char* field, const char* prefix,
              bool (*parse)(google::protobuf::ConstStringParam, Enum*), Enum* value) {
  const std::string word = values->Text(field);
  std::string name = absl::AsciiStrToUpper(word);
  std::replace(name.begin(), name.end(), ' ', '_');
  const Enum before = *value;
  if (word.empty() || (parse(absl::StrCat(prefix, name), value) && *value != 0)) return;
  *value = before;
  values->Problem(field, absl::StrCat(Shown(word), " is not known"));
}

}  // namespace crm::crmctl
