#include "common/base/json_reader.h"

#include <cstdio>
#include <cstdlib>

namespace crm::base {
namespace {

[[noreturn]] void Damaged(const char* wanted, absl::string_view rest) {
  std::fprintf(stderr, "JsonReader: %s wanted, %zu bytes before the end\n", wanted, rest.size());
  std::abort();
}

bool Separates(char c) {
  return c == ' ' || c == ',' || c == ':' || c == '\n' || c == '\t' || c == '\r';
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void AppendUtf8(std::string& out, uint32_t point) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (point >> shift & 0x3f)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | point >> 6);
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0 | point >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

char JsonReader::Peek() {
  size_t at = 0;
  while (at < rest_.size() && Separates(rest_[at])) ++at;
  rest_.remove_prefix(at);
  if (rest_.empty()) Damaged("a value", rest_);
  return rest_[0];
}

void JsonReader::Enter() {
  const char c = Peek();
  if (c != '{' && c != '[') Damaged("an object or array", rest_);
  rest_.remove_prefix(1);
}

bool JsonReader::More() {
  const char c = Peek();
  if (c != '}' && c != ']') return true;
  rest_.remove_prefix(1);
  return false;
}

absl::string_view JsonReader::RawString() {
  if (Peek() != '"') Damaged("a string", rest_);
  size_t end = 1;
  while (end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
  if (end >= rest_.size()) Damaged("the end of a string", rest_);
  const absl::string_view key = rest_.substr(1, end - 1);
  rest_.remove_prefix(end + 1);
  return key;
}

std::string JsonReader::String() {
  if (Peek() != '"') Damaged("a string", rest_);
  rest_.remove_prefix(1);
  std::string out;
  while (true) {
    size_t run = 0;
    while (run < rest_.size() && rest_[run] != '"' && rest_[run] != '\\') ++run;
    if (run == rest_.size()) Damaged("the end of a string", rest_);
    out.append(rest_.data(), run);
    const bool end = rest_[run] == '"';
    rest_.remove_prefix(run + 1);
    if (end) return out;
    AppendEscaped(out);
  }
}

void JsonReader::AppendEscaped(std::string& out) {
  if (rest_.empty()) Damaged("an escape", rest_);
  const char c = rest_[0];
  rest_.remove_prefix(1);
  constexpr absl::string_view kLetters = "bfnrt";
  constexpr absl::string_view kControls = "\b\f\n\r\t";
  if (const size_t at = kLetters.find(c); at != absl::string_view::npos) {
    out += kControls[at];
  } else if (c != 'u') {
    out += c;
  } else {
    uint32_t point = Hex4();
    const bool pair = point >> 10 == 0xd800 >> 10 && rest_.substr(0, 2) == "\\u";
    if (pair) {
      rest_.remove_prefix(2);
      point = 0x10000 + ((point & 0x3ff) << 10 | (Hex4() & 0x3ff));
    }
    AppendUtf8(out, point);
  }
}

uint32_t JsonReader::Hex4() {
  if (rest_.size() < 4) Damaged("four digits", rest_);
  uint32_t value = 0;
  for (const char c : rest_.substr(0, 4)) {
    const int digit = IsDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
    if (digit < 0 || digit > 15) Damaged("a hexadecimal digit", rest_);
    value = value << 4 | static_cast<uint32_t>(digit);
  }
  rest_.remove_prefix(4);
  return value;
}

int64_t JsonReader::Int() {
  const bool negative = Peek() == '-';
  size_t at = negative ? 1 : 0;
  const size_t first = at;
  uint64_t value = 0;
  while (at < rest_.size() && IsDigit(rest_[at])) {
    value = value * 10 + static_cast<uint64_t>(rest_[at++] - '0');
  }
  if (at == first) Damaged("an integer", rest_);
  rest_.remove_prefix(at);
  return static_cast<int64_t>(negative ? -value : value);
}

bool JsonReader::Bool() {
  const bool value = Peek() == 't';
  const absl::string_view word = value ? "true" : "false";
  if (rest_.substr(0, word.size()) != word) Damaged("a boolean", rest_);
  rest_.remove_prefix(word.size());
  return value;
}

void JsonReader::Skip() {
  int depth = 0;
  do {
    const char c = Peek();
    if (c == '"') {
      RawString();
    } else if (c == '{' || c == '[') {
      Enter();
      ++depth;
    } else if (c == '}' || c == ']') {
      More();
      --depth;
    } else {
      size_t end = 1;
      while (end < rest_.size() && rest_[end] != '}' && rest_[end] != ']' &&
             !Separates(rest_[end])) {
        ++end;
      }
      rest_.remove_prefix(end);
    }
  } while (depth > 0);
}

void Take(JsonReader& json, std::string& value) { value = json.String(); }
void Take(JsonReader& json, int64_t& value) { value = json.Int(); }
void Take(JsonReader& json, int& value) { value = static_cast<int>(json.Int()); }
void Take(JsonReader& json, bool& value) { value = json.Bool(); }
void Take(JsonReader& json, absl::Time& value) { value = absl::FromUnixMicros(json.Int()); }

void Take(JsonReader& json, absl::CivilDay& value) {
  if (!absl::ParseCivilTime(json.RawString(), &value)) Damaged("a day", "");
}

void Take(JsonReader& json, Uuid& value) {
  const std::optional<Uuid> id = Uuid::Parse(json.RawString());
  if (!id.has_value()) Damaged("an id", "");
  value = *id;
}

void Take(JsonReader& json, Money& value) {
  json.Enter();
  value.currency = json.String();
  value.minor = json.Int();
  if (json.More()) Damaged("the end of money", "");
}

}  // namespace crm::base
