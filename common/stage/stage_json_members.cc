#include "common/stage/stage_json_members.h"

namespace crm::stage {
namespace {

constexpr Member Text(absl::string_view label, const std::string& (Change::*get)() const,
                      std::string* (Change::*change)()) {
  Member member{label, MemberKind::kText};
  member.text = get;
  member.mutable_text = change;
  return member;
}

constexpr Member Time(absl::string_view label, bool (Change::*has)() const,
                      const google::protobuf::Timestamp& (Change::*get)() const,
                      google::protobuf::Timestamp* (Change::*change)()) {
  Member member{label, MemberKind::kTime};
  member.has = has;
  member.time = get;
  member.mutable_time = change;
  return member;
}

constexpr Member Amount(absl::string_view label, bool (Change::*has)() const,
                        const crm::type::v1::Money& (Change::*get)() const,
                        crm::type::v1::Money* (Change::*change)()) {
  Member member{label, MemberKind::kMoney};
  member.has = has;
  member.money = get;
  member.mutable_money = change;
  return member;
}

constexpr Member Percent(absl::string_view label, bool (Change::*has)() const,
                         int32_t (Change::*get)() const, void (Change::*set)(int32_t)) {
  Member member{label, MemberKind::kPercent};
  member.has = has;
  member.percent = get;
  member.set_percent = set;
  return member;
}

constexpr Member Single(absl::string_view label, MemberKind kind) { return Member{label, kind}; }

#define CRM_LABEL(key) "\"" key "\":"
#define CRM_TEXT(key, name) Text(CRM_LABEL(key), &Change::name, &Change::mutable_##name)
#define CRM_TIME(key, name) \
  Time(CRM_LABEL(key), &Change::has_##name, &Change::name, &Change::mutable_##name)
#define CRM_AMOUNT(key, name) \
  Amount(CRM_LABEL(key), &Change::has_##name, &Change::name, &Change::mutable_##name)
#define CRM_PERCENT(key, name) \
  Percent(CRM_LABEL(key), &Change::has_##name, &Change::name, &Change::set_##name)

const Member kMembers[] = {
    CRM_TEXT("eventId", event_id),
    CRM_TEXT("type", type),
    CRM_TEXT("source", source),
    CRM_TEXT("subject", subject),
    CRM_TEXT("tenant", tenant),
    Single(CRM_LABEL("version"), MemberKind::kVersion),
    CRM_TEXT("fromStage", from_stage),
    CRM_TEXT("fromStageType", from_stage_type),
    CRM_TEXT("toStage", to_stage),
    CRM_TEXT("toStageType", to_stage_type),
    CRM_TIME("effectiveTime", effective_time),
    CRM_TIME("recordedTime", recorded_time),
    Single(CRM_LABEL("timeInPreviousStage"), MemberKind::kDuration),
    CRM_TEXT("actor", actor),
    CRM_TEXT("reason", reason),
    Single(CRM_LABEL("overridden"), MemberKind::kBool),
    Single(CRM_LABEL("overriddenGates"), MemberKind::kTexts),
    CRM_TEXT("contact", contact),
    CRM_TEXT("lead", lead),
    CRM_TEXT("opportunity", opportunity),
    CRM_TEXT("account", account),
    CRM_AMOUNT("amountBefore", amount_before),
    CRM_AMOUNT("amountAfter", amount_after),
    CRM_PERCENT("probabilityBefore", probability_before),
    CRM_PERCENT("probabilityAfter", probability_after),
    CRM_TEXT("forecastCategoryBefore", forecast_category_before),
    CRM_TEXT("forecastCategoryAfter", forecast_category_after),
    CRM_TEXT("owner", owner),
    CRM_AMOUNT("winAmount", win_amount),
    CRM_TEXT("causationId", causation_id),
    CRM_TEXT("correlationId", correlation_id),
    CRM_TEXT("requestId", request_id),
    CRM_TEXT("traceparent", traceparent),
};

#undef CRM_LABEL
#undef CRM_TEXT
#undef CRM_TIME
#undef CRM_AMOUNT
#undef CRM_PERCENT

}  // namespace

absl::Span<const Member> Members() { return kMembers; }

}  // namespace crm::stage
