#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/listing/field.h"

namespace crm::testing {

// One term of a filter and what a list finds by it, in any order.
struct FilterCase {
  std::string term;  // "owner ="
  std::string value;
  std::vector<std::string> names;
};

// Every field of the table with every operator that it allows has a case, and each holds.
inline void ExpectEveryTermFinds(
    absl::Span<const listing::Field> fields, const std::vector<FilterCase>& cases,
    const std::function<std::vector<std::string>(const std::string& filter)>& names_by) {
  std::set<std::string> allowed;
  for (const listing::Field& field : fields) {
    for (const listing::Operator op : field.operators) {
      allowed.insert(absl::StrCat(field.name, " ", listing::TextOf(op)));
    }
  }
  // "attributes.region =" tries "attributes =".
  const auto without_key = [](const std::string& term, absl::string_view map) {
    return absl::StartsWith(term, absl::StrCat(map, "."))
               ? absl::StrCat(map, term.substr(term.find(' ')))
               : term;
  };
  std::set<std::string> tried;
  for (const FilterCase& one : cases) {
    std::string term = one.term;
    for (const listing::Field& field : fields) {
      if (field.type == listing::FieldType::kMap) term = without_key(term, field.name);
    }
    tried.insert(term);
    const std::string filter = absl::StrCat(one.term, " ", one.value);
    EXPECT_THAT(names_by(filter), ::testing::UnorderedElementsAreArray(one.names)) << filter;
  }
  EXPECT_EQ(tried, allowed);
}

}  // namespace crm::testing
