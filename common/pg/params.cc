#include "common/pg/params.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace crm::pg {
namespace {

void AppendTwoDigits(std::string& out, int value) {
  out += static_cast<char>('0' + value / 10);
  out += static_cast<char>('0' + value % 10);
}

}  // namespace

void AppendValue(std::string& out, absl::string_view value) {
  out.append(value.data(), value.size());
}

void AppendValue(std::string& out, int64_t value) { absl::StrAppend(&out, value); }

void AppendValue(std::string& out, bool value) { out += value ? 't' : 'f'; }

void AppendValue(std::string& out, absl::CivilDay value) {
  absl::StrAppendFormat(&out, "%04d-%02d-%02d", static_cast<int>(value.year()), value.month(),
                        value.day());
}

void AppendValue(std::string& out, absl::Time value) {
  const absl::TimeZone::CivilInfo info = absl::UTCTimeZone().At(value);
  absl::StrAppendFormat(&out, "%04d-", static_cast<int>(info.cs.year()));
  AppendTwoDigits(out, info.cs.month());
  out += '-';
  AppendTwoDigits(out, info.cs.day());
  out += ' ';
  AppendTwoDigits(out, info.cs.hour());
  out += ':';
  AppendTwoDigits(out, info.cs.minute());
  out += ':';
  AppendTwoDigits(out, info.cs.second());
  const int64_t micros = absl::ToInt64Microseconds(info.subsecond);
  if (micros != 0) absl::StrAppendFormat(&out, ".%06d", static_cast<int>(micros));
  out += "+00";
}

void AppendValue(std::string& out, const base::Uuid& value) { value.AppendTo(&out); }

void AppendValue(std::string& out, Bytes value) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.reserve(out.size() + 2 + 2 * value.value.size());
  out += "\\x";
  for (const char c : value.value) {
    const auto byte = static_cast<unsigned char>(c);
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
}

void Array::AddNull() {
  Separate();
  text_ += "NULL";
}

void Array::AppendElement() {
  text_ += '"';
  for (const char c : scratch_) {
    if (c == '"' || c == '\\') text_ += '\\';
    text_ += c;
  }
  text_ += '"';
}

Params& Params::Add(const Array& array) {
  scratch_ = array.Text();
  AppendLiteral();
  return *this;
}

Params& Params::AddNull() {
  Separate();
  sql_ += "NULL";
  return *this;
}

void Params::AppendLiteral() {
  Separate();
  sql_.reserve(sql_.size() + scratch_.size() + 2);
  sql_ += '\'';
  for (const char c : scratch_) {
    if (c == '\'') sql_ += '\'';
    sql_ += c;
  }
  sql_ += '\'';
}

}  // namespace crm::pg
