#pragma once

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "common/aggregate/fields.h"

namespace crm::testing {

// Expects that a thing's table of fields has a row for every field of its message, but for those
// that every aggregate's row begins with, and `derived`, which follow from others; and no others
// than these and `unseen`, which the message does not show. A row "field.part" is for a part of a
// field.
template <class A>
void ExpectEveryFieldHasItsRow(aggregate::Fields<A> fields,
                               const google::protobuf::Descriptor* message,
                               const std::vector<std::string>& unseen = {},
                               const std::vector<std::string>& derived = {}) {
  std::set<std::string> expected(unseen.begin(), unseen.end());
  for (int i = 0; i < message->field_count(); ++i) expected.insert(message->field(i)->name());
  for (const char* head : {"name", "etag", "create_time", "update_time"}) expected.erase(head);
  for (const std::string& field : derived) EXPECT_EQ(expected.erase(field), 1u) << field;
  std::set<std::string> rows;
  std::set<std::string> names;
  for (const aggregate::Field<A>& field : fields) {
    const std::string name = field.name;
    rows.insert(name.substr(0, name.find('.')));
    EXPECT_TRUE(names.insert(name).second) << name << " has two rows";
  }
  EXPECT_EQ(rows, expected) << "of " << message->full_name();
}

}  // namespace crm::testing
