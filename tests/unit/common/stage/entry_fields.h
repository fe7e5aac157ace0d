#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/stage/envelope.h"

namespace crm::stage::testing {

// All fields of the entry of `change`, in order, as a reader of the stream gets them.
inline std::vector<std::pair<std::string, std::string>> EntryFieldsOf(
    const event::v1::StageChanged& change, int64_t sequence, int64_t epoch) {
  const event::LogRow row{sequence,     1'700'000'000'000,          epoch,
                          base::Uuid(), change.SerializeAsString(), "acme"};
  StageEntryRenderer renderer;
  event::EntryValues values;
  values.Begin(row.entry_id());
  EXPECT_TRUE(renderer.Render(row, values).ok());
  std::vector<std::string> given;
  values.ForEach([&given](absl::string_view value) { given.emplace_back(value); });
  EXPECT_EQ(given.at(0), absl::StrCat("1700000000000-", sequence));
  std::vector<std::pair<std::string, std::string>> fields;
  size_t next = 1;
  for (const event::EntryField& field : renderer.fields()) {
    fields.emplace_back(field.name,
                        field.constant.empty() ? given.at(next++) : std::string(field.constant));
  }
  EXPECT_EQ(next, given.size());
  return fields;
}

}  // namespace crm::stage::testing
