#include "common/aggregate/field_json.h"

namespace crm::aggregate {
namespace {

bool IsPlain(absl::string_view text) {
  for (const char c : text) {
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || (c & 0x80) != 0) {
      return false;
    }
  }
  return true;
}

}  // namespace

void AppendJson(std::string& out, const std::string& value) {
  if (value.empty()) {
    out += "null";
  } else if (IsPlain(value)) {
    absl::StrAppend(&out, "\"", value, "\"");
  } else {
    out += JsonText(value);
  }
}
void AppendJson(std::string& out, absl::Time value) {
  absl::StrAppend(&out, absl::ToUnixMicros(value));
}
void AppendJson(std::string& out, absl::CivilDay value) {
  absl::StrAppend(&out, "\"", absl::FormatCivilTime(value), "\"");
}
void AppendJson(std::string& out, const base::Uuid& value) {
  absl::StrAppend(&out, "\"", value.ToString(), "\"");
}
void AppendJson(std::string& out, const base::Money& value) {
  absl::StrAppend(&out, "[\"", value.currency, "\",", value.minor, "]");
}

void TakeJson(const Json& json, std::string& value) { value = json.get<std::string>(); }
void TakeJson(const Json& json, absl::Time& value) { value = JsonTime(json); }
void TakeJson(const Json& json, absl::CivilDay& value) { value = JsonDay(json); }
void TakeJson(const Json& json, base::Uuid& value) { value = JsonUuid(json); }
void TakeJson(const Json& json, base::Money& value) { value = JsonMoney(json); }

}  // namespace crm::aggregate
