#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/stage/envelope.h"

namespace crm::stage::testing {

inline std::string TakeSized(absl::string_view& bytes) {
  const auto byte = [&](size_t i) {
    return static_cast<size_t>(static_cast<uint8_t>(bytes.at(i)));
  };
  const size_t size = byte(0) + 256 * byte(1);
  const std::string text(bytes.substr(2, size));
  EXPECT_EQ(text.size(), size);
  bytes.remove_prefix(2 + size);
  return text;
}

// All fields of the entry of `change`, in order, as a reader of the stream gets them.
inline std::vector<std::pair<std::string, std::string>> EntryFieldsOf(
    const event::v1::StageChanged& change, int64_t sequence, int64_t epoch) {
  const event::LogRow row{sequence,     1'700'000'000'000,          epoch,
                          base::Uuid(), change.SerializeAsString(), "acme"};
  StageEntryRenderer renderer;
  event::EntryValues values;
  values.Begin(row.entry_id());
  EXPECT_TRUE(renderer.Render(row, values).ok());
  absl::string_view rest = values.packed();
  EXPECT_EQ(TakeSized(rest), absl::StrCat("1700000000000-", sequence));
  std::vector<std::pair<std::string, std::string>> fields;
  for (const event::EntryField& field : renderer.fields()) {
    const std::string name(field.name);
    if (name == "data") {
      fields.emplace_back(name, values.last());
    } else {
      fields.emplace_back(name,
                          field.constant.empty() ? TakeSized(rest) : std::string(field.constant));
    }
  }
  EXPECT_EQ(rest, "");
  return fields;
}

}  // namespace crm::stage::testing
