#pragma once

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/enum_names.h"

namespace crm::testing {

// Expects that a table of names has the values of a published enum under the same numbers, and
// their names without the enum's prefix. The table may leave out UNSPECIFIED.
template <class E, size_t kRows>
void ExpectPublishedNames(const base::EnumName<E> (&table)[kRows],
                          const google::protobuf::EnumDescriptor* published) {
  const std::string prefix(
      absl::StripSuffix(published->FindValueByNumber(0)->name(), "UNSPECIFIED"));
  size_t known = 0;
  for (int i = 0; i < published->value_count(); ++i) {
    const auto& value = *published->value(i);
    const absl::string_view name = base::NameOf(table, static_cast<E>(value.number()));
    if (name.empty() && value.number() == 0) continue;
    EXPECT_EQ(value.name(), absl::StrCat(prefix, name));
    ++known;
  }
  EXPECT_EQ(known, kRows) << published->full_name();
}

}  // namespace crm::testing
