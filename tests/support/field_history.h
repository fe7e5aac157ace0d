#pragma once

#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace crm::testing {

// "field: from > to" of each change of a revision; values as short JSON, "-" where there is none.
template <class Revision>
std::vector<std::string> ChangesIn(const Revision& revision) {
  const auto text = [](bool present, const auto& value) {
    if (!present) return std::string("-");
    return value.has_string_value() ? value.string_value() : value.ShortDebugString();
  };
  std::vector<std::string> changes;
  for (const auto& change : revision.changes()) {
    changes.push_back(absl::StrCat(change.field(), ": ", text(change.has_from(), change.from()),
                                   " > ", text(change.has_to(), change.to())));
  }
  return changes;
}

// Expects that `get(revision)` and `get(time)` tell each of `answered`, answers of one thing with
// revisions 1, 2, 3… whose times differ, exactly as it was.
template <class Message>
void ExpectToldAsAnswered(
    const std::vector<Message>& answered,
    const std::function<absl::StatusOr<Message>(int64_t)>& at_revision,
    const std::function<absl::StatusOr<Message>(const google::protobuf::Timestamp&)>& at_time) {
  using google::protobuf::util::MessageDifferencer;
  int64_t revision = 0;
  for (const Message& answer : answered) {
    ASSERT_EQ(answer.etag(), absl::StrCat(++revision)) << "an answer is missing";
    for (const absl::StatusOr<Message>& told :
         {at_revision(revision), at_time(answer.update_time())}) {
      ASSERT_TRUE(told.ok()) << told.status();
      EXPECT_TRUE(MessageDifferencer::Equals(*told, answer))
          << told->ShortDebugString() << "\nanswered: " << answer.ShortDebugString();
    }
  }
}

}  // namespace crm::testing
