#include "common/stage/stage_json.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/wrappers.pb.h>

#include <array>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/stage/stage_json_members.h"
#include "common/stage/stage_json_scanner.h"

namespace crm::stage {
namespace {

constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (size_t c = 0x20; c < 0x7f; ++c) plain[c] = true;
  for (const char c : {'"', '\\', '<', '>'}) plain[static_cast<size_t>(c)] = false;
  return plain;
}();

bool IsPlain(const std::string& text) {
  bool plain = true;
  for (const char c : text) plain &= kPlain[static_cast<uint8_t>(c)];
  return plain;
}

// Plain ASCII is copied; anything that may need escaping is left to protobuf.
void AppendText(const std::string& text, std::string& out) {
  if (IsPlain(text)) {
    out += '"';
    out += text;
    out += '"';
    return;
  }
  google::protobuf::StringValue value;
  value.set_value(text);
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(value, &json).ok()) json = "\"\"";
  out += json;
}

void AppendDigits(int64_t value, int width, std::string& out) {
  char digits[20];
  for (int i = width - 1; i >= 0; --i, value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, static_cast<size_t>(width));
}

void AppendSecond(int64_t unix_seconds, std::string& out) {
  const absl::CivilSecond second =
      absl::ToCivilSecond(absl::FromUnixSeconds(unix_seconds), absl::UTCTimeZone());
  AppendDigits(second.year(), 4, out);
  out += '-';
  AppendDigits(second.month(), 2, out);
  out += '-';
  AppendDigits(second.day(), 2, out);
  out += 'T';
  AppendDigits(second.hour(), 2, out);
  out += ':';
  AppendDigits(second.minute(), 2, out);
  out += ':';
  AppendDigits(second.second(), 2, out);
}

void AppendFraction(int32_t nanos, std::string& out) {
  if (nanos == 0) return;
  out += '.';
  if (nanos % 1'000'000 == 0) {
    AppendDigits(nanos / 1'000'000, 3, out);
  } else if (nanos % 1'000 == 0) {
    AppendDigits(nanos / 1'000, 6, out);
  } else {
    AppendDigits(nanos, 9, out);
  }
}

void AppendDuration(const google::protobuf::Duration& duration, std::string& out) {
  const bool negative = duration.seconds() < 0 || duration.nanos() < 0;
  absl::StrAppend(&out, negative ? "-" : "", std::abs(duration.seconds()));
  AppendFraction(std::abs(duration.nanos()), out);
  out += 's';
}

void AppendMoney(const crm::type::v1::Money& money, std::string& out) {
  out += '{';
  if (!money.currency_code().empty()) {
    out += "\"currencyCode\":";
    AppendText(money.currency_code(), out);
  }
  if (money.amount_minor() != 0) {
    absl::StrAppend(&out, money.currency_code().empty() ? "" : ",", "\"amountMinor\":\"",
                    money.amount_minor(), "\"");
  }
  out += '}';
}

bool IsPresent(const Change& change, const Member& member) {
  switch (member.kind) {
    case MemberKind::kText:
      return !(change.*member.text)().empty();
    case MemberKind::kVersion:
      return change.version() != 0;
    case MemberKind::kDuration:
      return change.has_time_in_previous_stage();
    case MemberKind::kBool:
      return change.overridden();
    case MemberKind::kTexts:
      return change.overridden_gates_size() > 0;
    default:
      return (change.*member.has)();
  }
}

void AppendMember(const Change& change, const Member& member, std::string& out) {
  switch (member.kind) {
    case MemberKind::kText:
      return AppendText((change.*member.text)(), out);
    case MemberKind::kVersion:
      absl::StrAppend(&out, "\"", change.version(), "\"");
      return;
    case MemberKind::kTime:
      out += '"';
      AppendTimestamp((change.*member.time)(), out);
      out += '"';
      return;
    case MemberKind::kDuration:
      out += '"';
      AppendDuration(change.time_in_previous_stage(), out);
      out += '"';
      return;
    case MemberKind::kBool:
      out += "true";
      return;
    case MemberKind::kTexts:
      for (int i = 0; i < change.overridden_gates_size(); ++i) {
        out += i == 0 ? '[' : ',';
        AppendText(change.overridden_gates(i), out);
      }
      out += ']';
      return;
    case MemberKind::kMoney:
      return AppendMoney((change.*member.money)(), out);
    case MemberKind::kPercent:
      absl::StrAppend(&out, (change.*member.percent)());
      return;
  }
}

}  // namespace

void AppendTimestamp(const google::protobuf::Timestamp& time, std::string& out) {
  // Most times of a batch lie in the same second.
  thread_local int64_t last = 0;
  thread_local std::string text;
  if (text.empty() || time.seconds() != last) {
    last = time.seconds();
    text.clear();
    AppendSecond(last, text);
  }
  out += text;
  AppendFraction(time.nanos(), out);
  out += 'Z';
}

void AppendJson(const Change& change, std::string& out) {
  char separator = '{';
  for (const Member& member : Members()) {
    if (!IsPresent(change, member)) continue;
    out += separator;
    out.append(member.label.data(), member.label.size());
    AppendMember(change, member, out);
    separator = ',';
  }
  if (separator == '{') out += '{';
  out += '}';
}

absl::StatusOr<Change> ParseJson(absl::string_view json) {
  Change change;
  if (ScanCanonical(json, change)) return change;
  change.Clear();
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &change, options);
  if (!status.ok()) return absl::InvalidArgumentError("not the JSON of a stage event");
  return change;
}

}  // namespace crm::stage
