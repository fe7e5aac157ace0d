#include "common/pg/params.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace crm::pg {
namespace {

// Copies `text` and puts `escape` before each character of `special`. Nearly all text has none, so
// it goes over in long runs.
void AppendEscaped(std::string& out, absl::string_view text, const char* special, char escape) {
  size_t begin = 0;
  while (true) {
    const size_t at = text.find_first_of(special, begin);
    if (at == absl::string_view::npos) break;
    out.append(text.data() + begin, at - begin);
    out += escape;
    out += text[at];
    begin = at + 1;
  }
  out.append(text.data() + begin, text.size() - begin);
}

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
  const int year = static_cast<int>(info.cs.year());
  AppendTwoDigits(out, year / 100);
  AppendTwoDigits(out, year % 100);
  out += '-';
  AppendTwoDigits(out, info.cs.month());
  out += '-';
  AppendTwoDigits(out, info.cs.day());
  out += ' ';
  AppendTwoDigits(out, info.cs.hour());
  out += ':';
  AppendTwoDigits(out, info.cs.minute());
  out += ':';
  AppendTwoDigits(out, info.cs.second());
  const int micros = static_cast<int>(absl::ToInt64Microseconds(info.subsecond));
  if (micros != 0) {
    out += '.';
    AppendTwoDigits(out, micros / 10'000);
    AppendTwoDigits(out, micros / 100 % 100);
    AppendTwoDigits(out, micros % 100);
  }
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
  AppendEscaped(text_, scratch_, "\"\\", '\\');
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
  AppendEscaped(sql_, scratch_, "'", '\'');
  sql_ += '\'';
}

}  // namespace crm::pg
