#include "common/stage/stage_json_scanner.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/stage/stage_json_members.h"

namespace crm::stage {
namespace {

const absl::flat_hash_map<absl::string_view, const Member*>& MembersByKey() {
  static const auto* const map = [] {
    auto* made = new absl::flat_hash_map<absl::string_view, const Member*>();
    for (const Member& member : Members()) made->emplace(member.key(), &member);
    return made;
  }();
  return *map;
}

class Scanner {
 public:
  explicit Scanner(absl::string_view text) : rest_(text) {}

  bool Eat(absl::string_view token) {
    if (!absl::StartsWith(rest_, token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  // A string of printable ASCII without escapes.
  bool Text(absl::string_view& out) {
    if (!Eat("\"")) return false;
    size_t end = 0;
    while (end < rest_.size() && rest_[end] != '"') {
      const char c = rest_[end];
      if (c < 0x20 || c == 0x7f || c == '\\') return false;
      ++end;
    }
    if (end == rest_.size()) return false;
    out = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool Number(int32_t& out) {
    size_t end = 0;
    while (end < rest_.size() && (rest_[end] == '-' || (rest_[end] >= '0' && rest_[end] <= '9'))) {
      ++end;
    }
    const absl::string_view digits = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return absl::SimpleAtoi(digits, &out);
  }

  bool AtEnd() const { return rest_.empty(); }

 private:
  absl::string_view rest_;
};

// ".123", ".123456" or ".123456789" or nothing.
bool ParseFraction(absl::string_view text, int32_t& nanos) {
  nanos = 0;
  if (text.empty()) return true;
  if (text[0] != '.' || (text.size() != 4 && text.size() != 7 && text.size() != 10)) return false;
  for (size_t i = 1; i < 10; ++i) {
    const char digit = i < text.size() ? text[i] : '0';
    if (digit < '0' || digit > '9') return false;
    nanos = nanos * 10 + (digit - '0');
  }
  return true;
}

bool ParseTime(absl::string_view text, google::protobuf::Timestamp& out) {
  static constexpr absl::string_view kShape = "0000-00-00T00:00:00";
  if (text.size() < 20 || text.back() != 'Z') return false;
  int parts[6] = {};
  int part = 0;
  for (size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] != '0') {
      if (text[i] != kShape[i]) return false;
      ++part;
    } else {
      if (text[i] < '0' || text[i] > '9') return false;
      parts[part] = parts[part] * 10 + (text[i] - '0');
    }
  }
  int32_t nanos = 0;
  if (!ParseFraction(text.substr(19, text.size() - 20), nanos)) return false;
  const absl::CivilSecond second(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
  if (second.month() != parts[1] || second.day() != parts[2] || second.hour() != parts[3] ||
      second.minute() != parts[4] || second.second() != parts[5]) {
    return false;
  }
  out.set_seconds(absl::ToUnixSeconds(absl::FromCivil(second, absl::UTCTimeZone())));
  out.set_nanos(nanos);
  return true;
}

// Negative durations are left to protobuf.
bool ParseDuration(absl::string_view text, google::protobuf::Duration& out) {
  if (text.size() < 2 || text.back() != 's' || text[0] == '-') return false;
  text.remove_suffix(1);
  const size_t dot = std::min(text.find('.'), text.size());
  int64_t seconds = 0;
  int32_t nanos = 0;
  if (!absl::SimpleAtoi(text.substr(0, dot), &seconds)) return false;
  if (!ParseFraction(text.substr(dot), nanos)) return false;
  out.set_seconds(seconds);
  out.set_nanos(nanos);
  return true;
}

bool ScanMoney(Scanner& scanner, crm::type::v1::Money& money) {
  absl::string_view text;
  if (!scanner.Eat("{\"currencyCode\":") || !scanner.Text(text)) return false;
  money.set_currency_code(text.data(), text.size());
  if (scanner.Eat("}")) return true;
  int64_t minor = 0;
  if (!scanner.Eat(",\"amountMinor\":") || !scanner.Text(text) || !scanner.Eat("}") ||
      !absl::SimpleAtoi(text, &minor)) {
    return false;
  }
  money.set_amount_minor(minor);
  return true;
}

bool ScanTexts(Scanner& scanner, Change& change) {
  if (!scanner.Eat("[")) return false;
  do {
    absl::string_view text;
    if (!scanner.Text(text)) return false;
    change.add_overridden_gates(text.data(), text.size());
  } while (scanner.Eat(","));
  return scanner.Eat("]");
}

bool ScanMember(Scanner& scanner, const Member& member, Change& change) {
  absl::string_view text;
  int64_t version = 0;
  int32_t percent = 0;
  switch (member.kind) {
    case MemberKind::kText:
      if (!scanner.Text(text)) return false;
      (change.*member.mutable_text)()->assign(text.data(), text.size());
      return true;
    case MemberKind::kVersion:
      if (!scanner.Text(text) || !absl::SimpleAtoi(text, &version)) return false;
      change.set_version(version);
      return true;
    case MemberKind::kTime:
      return scanner.Text(text) && ParseTime(text, *(change.*member.mutable_time)());
    case MemberKind::kDuration:
      return scanner.Text(text) && ParseDuration(text, *change.mutable_time_in_previous_stage());
    case MemberKind::kBool:
      if (!scanner.Eat("true")) return false;
      change.set_overridden(true);
      return true;
    case MemberKind::kTexts:
      return ScanTexts(scanner, change);
    case MemberKind::kMoney:
      return ScanMoney(scanner, *(change.*member.mutable_money)());
    case MemberKind::kPercent:
      if (!scanner.Number(percent)) return false;
      (change.*member.set_percent)(percent);
      return true;
  }
  return false;
}

}  // namespace

bool ScanCanonical(absl::string_view json, Change& change) {
  Scanner scanner(json);
  absl::string_view key;
  if (!scanner.Eat("{")) return false;
  if (scanner.Eat("}")) return scanner.AtEnd();
  do {
    if (!scanner.Text(key) || !scanner.Eat(":")) return false;
    const auto member = MembersByKey().find(key);
    if (member == MembersByKey().end() || !ScanMember(scanner, *member->second, change)) {
      return false;
    }
  } while (scanner.Eat(","));
  return scanner.Eat("}") && scanner.AtEnd();
}

}  // namespace crm::stage
