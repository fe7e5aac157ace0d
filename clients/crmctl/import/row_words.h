#pragma once

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <google/protobuf/generated_enum_reflection.h>

#include <algorithm>
#include <string>

#include "clients/crmctl/import/row_values.h"

namespace crm::crmctl {

// The words of an enum, but for the one that stands for none, and for `without`.
template <class Enum>
std::string KnownWords(const char* prefix, int without) {
  std::string words;
  const auto* const type = google::protobuf::GetEnumDescriptor<Enum>();
  for (int i = 0; i < type->value_count(); ++i) {
    if (type->value(i)->number() == 0 || type->value(i)->number() == without) continue;
    absl::StrAppend(&words, words.empty() ? "" : ", ",
                    absl::StripPrefix(type->value(i)->name(), prefix));
  }
  return words;
}

// Reads a field that is the word of an enum value: `prefix` and the word, in any case, with spaces
// for the underscores if need be. `without`: a value that is no word for it.
template <class Enum>
void ReadWord(RowValues* values, const char* field, const char* prefix,
              bool (*parse)(google::protobuf::ConstStringParam, Enum*), Enum* value,
              int without = 0) {
  const std::string word = values->Text(field);
  std::string name = absl::AsciiStrToUpper(word);
  std::replace(name.begin(), name.end(), ' ', '_');
  const Enum before = *value;
  if (word.empty() ||
      (parse(absl::StrCat(prefix, name), value) && *value != without && *value != 0)) {
    return;
  }
  *value = before;
  values->Problem(field, absl::StrCat(Shown(word), " is not known; known are ",
                                      KnownWords<Enum>(prefix, without)));
}

}  // namespace crm::crmctl
