#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::stage {

// What kind of JSON value a member of StageChanged has.
enum class MemberKind { kText, kVersion, kTime, kDuration, kBool, kTexts, kMoney, kPercent };

using Change = crm::event::v1::StageChanged;

// One member of StageChanged: its JSON name and how to reach it. Only the accessors of its kind are
// set.
struct Member {
  absl::string_view label;  // "\"key\":", as it stands in the JSON
  MemberKind kind;
  const std::string& (Change::*text)() const = nullptr;
  std::string* (Change::*mutable_text)() = nullptr;
  bool (Change::*has)() const = nullptr;
  const google::protobuf::Timestamp& (Change::*time)() const = nullptr;
  google::protobuf::Timestamp* (Change::*mutable_time)() = nullptr;
  const crm::type::v1::Money& (Change::*money)() const = nullptr;
  crm::type::v1::Money* (Change::*mutable_money)() = nullptr;
  int32_t (Change::*percent)() const = nullptr;
  void (Change::*set_percent)(int32_t) = nullptr;

  constexpr absl::string_view key() const { return label.substr(1, label.size() - 3); }
};

// All members in the order of their field numbers, which is the order of the printed JSON.
absl::Span<const Member> Members();

}  // namespace crm::stage
