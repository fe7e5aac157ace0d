#include "common/pg/params.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace crm::pg {
namespace {

// Copies `text` and puts a backslash before quotes and backslashes. Nearly all text has none, so it
// goes over in long runs.
void AppendQuotable(std::string& out, absl::string_view text) {
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '"' && text[i] != '\\') continue;
    out.append(text.data() + begin, i - begin);
    out += '\\';
    begin = i;
  }
  out.append(text.data() + begin, text.size() - begin);
}

void AppendDoublingQuotes(std::string& out, absl::string_view text) {
  while (true) {
    const size_t at = text.find('\'');
    if (at == absl::string_view::npos) break;
    out.append(text.data(), at + 1);
    out += '\'';
    text.remove_prefix(at + 1);
  }
  out.append(text.data(), text.size());
}

// Appends `size` characters, to be written by the caller at the address that is returned.
char* Extend(std::string& out, size_t size) {
  out.resize(out.size() + size);
  return out.data() + out.size() - size;
}

// No other byte may stand for itself: the statement's text is UTF-8 and ends at NUL.
bool IsPlain(char c) { return c != '\0' && static_cast<unsigned char>(c) < 0x80; }

void AppendHex(std::string& out, absl::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  char* to = Extend(out, 2 + 2 * bytes.size());
  *to++ = '\\';
  *to++ = 'x';
  for (const char c : bytes) {
    *to++ = kHex[static_cast<unsigned char>(c) >> 4];
    *to++ = kHex[c & 15];
  }
}

void AppendOctal(std::string& out, absl::string_view bytes, size_t size) {
  char* to = Extend(out, size);
  for (const char c : bytes) {
    if (IsPlain(c)) {
      if (c == '\\') *to++ = '\\';
      *to++ = c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    *to++ = '\\';
    *to++ = static_cast<char>('0' + (byte >> 6));
    *to++ = static_cast<char>('0' + (byte >> 3 & 7));
    *to++ = static_cast<char>('0' + (byte & 7));
  }
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

// Serialized messages are letters for the most part: PostgreSQL reads them in half the time when
// only the other bytes are written as numbers.
void AppendValue(std::string& out, Bytes value) {
  const absl::string_view bytes = value.value;
  size_t escaped = bytes.size();
  for (const char c : bytes) escaped += IsPlain(c) ? c == '\\' : 3;
  if (escaped < 2 + 2 * bytes.size()) {
    AppendOctal(out, bytes, escaped);
  } else {
    AppendHex(out, bytes);
  }
}

void Array::AddNull() {
  Separate();
  text_ += "NULL";
}

void Array::AppendElement(absl::string_view value) {
  text_ += '"';
  AppendQuotable(text_, value);
  text_ += '"';
}

void Array::AppendElement(Bytes value) {
  scratch_.clear();
  AppendValue(scratch_, value);
  AppendElement(scratch_);
}

Params& Params::Add(const Array& array) {
  Separate();
  sql_.reserve(sql_.size() + array.text_.size() + 3);
  sql_ += '\'';
  AppendDoublingQuotes(sql_, array.text_);
  sql_ += "}'";
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
  AppendDoublingQuotes(sql_, scratch_);
  sql_ += '\'';
}

}  // namespace crm::pg
