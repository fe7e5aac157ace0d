#include "common/log/json_line.h"

#include <absl/strings/str_cat.h>

#include <cmath>

#include "common/base/text.h"

namespace crm::log {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void AppendEscaped(char c, std::string* out) {
  switch (c) {
    case '"':
      out->append("\\\"");
      return;
    case '\\':
      out->append("\\\\");
      return;
    case '\n':
      out->append("\\n");
      return;
    case '\r':
      out->append("\\r");
      return;
    case '\t':
      out->append("\\t");
      return;
    default:
      out->append("\\u00");
      out->push_back(kHex[static_cast<unsigned char>(c) >> 4]);
      out->push_back(kHex[c & 0xf]);
  }
}

struct AppendValue {
  std::string* out;

  void operator()(absl::string_view text) const { AppendJsonString(text, out); }
  void operator()(bool value) const { out->append(value ? "true" : "false"); }
  void operator()(double value) const {
    if (std::isfinite(value)) {
      absl::StrAppend(out, value);
    } else {
      out->append("null");
    }
  }
  void operator()(int64_t value) const { absl::StrAppend(out, value); }
  void operator()(uint64_t value) const { absl::StrAppend(out, value); }
};

}  // namespace

void AppendJsonString(absl::string_view text, std::string* out) {
  const bool valid = base::IsValidUtf8(text);
  out->push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 && !valid) {
      out->append("\\ufffd");
    } else if (byte < 0x20 || byte == 0x7f || c == '"' || c == '\\') {
      AppendEscaped(c, out);
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

std::string JsonLine(absl::Time time, Level level, absl::string_view service,
                     absl::string_view message, absl::Span<const Field> fields) {
  std::string out = "{\"time\":\"";
  out.reserve(192 + message.size());
  out.append(absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", time, absl::UTCTimeZone()));
  absl::StrAppend(&out, "\",\"level\":\"", LevelName(level), "\",\"service\":");
  AppendJsonString(service, &out);
  out.append(",\"msg\":");
  AppendJsonString(message, &out);
  for (const Field& field : fields) {
    out.push_back(',');
    AppendJsonString(field.key, &out);
    out.push_back(':');
    std::visit(AppendValue{&out}, field.value.Get());
  }
  out.append("}\n");
  return out;
}

}  // namespace crm::log
