#include "common/rpc/filter_value.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <algorithm>
#include <utility>

#include "common/rpc/resource_name.h"

namespace crm::rpc {
namespace {

using listing::Field;
using listing::FieldType;
using listing::Value;

constexpr int64_t kMostDays = 36'500;

std::optional<Value> DayIn(const std::string& text) {
  absl::CivilDay day;
  // No day that would only be counted as another one, and none in another form.
  if (!absl::ParseCivilTime(text, &day) || absl::FormatCivilTime(day) != text) return std::nullopt;
  if (day < absl::CivilDay(1, 1, 1) || day > absl::CivilDay(9999, 12, 31)) return std::nullopt;
  return day;
}

std::optional<Value> TimeIn(const std::string& text) {
  if (const std::optional<Value> day = DayIn(text)) {
    return absl::FromCivil(std::get<absl::CivilDay>(*day), absl::UTCTimeZone());
  }
  absl::Time time;
  std::string ignored;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &ignored)) return std::nullopt;
  return listing::IsStorable(time) ? std::optional<Value>(time) : std::nullopt;
}

std::optional<Value> NumberIn(const std::string& text, int64_t least, int64_t most) {
  int64_t number = 0;
  const bool digits = !text.empty() && (absl::ascii_isdigit(text[0]) || text[0] == '-');
  if (!digits || !absl::SimpleAtoi(text, &number) || number < least || number > most) {
    return std::nullopt;
  }
  return number;
}

std::optional<Value> MoneyIn(const std::string& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), absl::ascii_isdigit);
  const std::string digits(text.begin(), end);
  const std::string currency(absl::StripLeadingAsciiWhitespace(std::string(end, text.end())));
  int64_t minor = 0;
  if (!absl::SimpleAtoi(digits, &minor) || !base::IsCurrency(currency)) return std::nullopt;
  return base::Money{currency, minor};
}

std::optional<Value> BoolIn(const std::string& text) {
  if (text != "true" && text != "false") return std::nullopt;
  return text == "true";
}

std::optional<Value> EnumIn(const Field& field, std::string text) {
  const bool known =
      std::find(field.values.begin(), field.values.end(), text) != field.values.end();
  return known ? std::optional<Value>(std::move(text)) : std::nullopt;
}

std::optional<Value> IdIn(const Field& field, const std::string& text) {
  const auto id = ParseName(text, field.collection);
  return id ? std::optional<Value>(*id) : std::nullopt;
}

std::optional<Value> SlugIn(const Field& field, const std::string& text) {
  const auto id = ParseSlugName(text, field.collection);
  return id ? std::optional<Value>(std::string(*id)) : std::nullopt;
}

}  // namespace

std::optional<Value> FilterValue(const Field& field, std::string text) {
  switch (field.type) {
    case FieldType::kText:
      return field.normalize == nullptr ? std::move(text) : field.normalize(text);
    case FieldType::kMap:
      return text;
    case FieldType::kEnum:
      return EnumIn(field, std::move(text));
    case FieldType::kTime:
      return TimeIn(text);
    case FieldType::kDay:
      return DayIn(text);
    case FieldType::kNumber:
      return NumberIn(text, INT64_MIN, INT64_MAX);
    case FieldType::kDays:
      return NumberIn(text, 0, kMostDays);
    case FieldType::kMoney:
      return MoneyIn(text);
    case FieldType::kBool:
      return BoolIn(text);
    case FieldType::kName:
      return IdIn(field, text);
    case FieldType::kSlugName:
      return SlugIn(field, text);
  }
  return std::nullopt;
}

std::string FilterValueRule(const Field& field) {
  switch (field.type) {
    case FieldType::kText:
    case FieldType::kMap:
      return "a text";
    case FieldType::kEnum:
      return absl::StrCat("one of ", absl::StrJoin(field.values, ", "));
    case FieldType::kTime:
      return "a time such as 2026-01-31T09:00:00Z, or a date";
    case FieldType::kDay:
      return "a date such as 2026-01-31";
    case FieldType::kNumber:
      return "a whole number";
    case FieldType::kDays:
      return absl::StrCat("a whole number of days, at most ", kMostDays);
    case FieldType::kMoney:
      return "minor units and a currency, such as \"105400 USD\" in double quotes";
    case FieldType::kBool:
      return "true or false";
    case FieldType::kName:
      return absl::StrCat("\"", field.collection, "/{uuid}\"");
    case FieldType::kSlugName:
      return absl::StrCat("\"", field.collection, "/{id}\"");
  }
  return "";
}

}  // namespace crm::rpc
