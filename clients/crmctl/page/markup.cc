#include "clients/crmctl/page/markup.h"

#include <absl/strings/str_cat.h>

#include <utility>

#include "common/base/text.h"

namespace crm::crmctl {
namespace {

constexpr const char* kReplacement = "\uFFFD";

// U+FFFE and U+FFFF, which XML has no room for.
bool IsNoCharacter(absl::string_view three) { return three == "\uFFFE" || three == "\uFFFF"; }

}  // namespace

std::string Escaped(absl::string_view text) {
  if (!base::IsValidUtf8(text)) return kReplacement;
  std::string escaped;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\t':
      case '\n':
        escaped += c;
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          escaped += kReplacement;
        } else if (IsNoCharacter(text.substr(i, 3))) {
          escaped += kReplacement;
          i += 2;
        } else {
          escaped += c;
        }
    }
  }
  return escaped;
}

void Markup::Begin(absl::string_view tag, Attributes attributes) {
  absl::StrAppend(&text_, "<", tag);
  for (const Attribute& it : attributes) {
    absl::StrAppend(&text_, " ", it.name, "=\"", Escaped(it.value), "\"");
  }
}

Markup& Markup::Open(absl::string_view tag, Attributes attributes) {
  Begin(tag, attributes);
  text_ += ">";
  open_.emplace_back(tag);
  return *this;
}

Markup& Markup::Close() {
  absl::StrAppend(&text_, "</", open_.back(), ">");
  open_.pop_back();
  return *this;
}

Markup& Markup::Text(absl::string_view text) {
  text_ += Escaped(text);
  return *this;
}

Markup& Markup::Leaf(absl::string_view tag, Attributes attributes) {
  Begin(tag, attributes);
  text_ += "/>";
  return *this;
}

Markup& Markup::Element(absl::string_view tag, Attributes attributes, absl::string_view text) {
  return Open(tag, attributes).Text(text).Close();
}

Markup& Markup::Raw(absl::string_view markup) {
  absl::StrAppend(&text_, markup);
  return *this;
}

std::string Markup::Take() {
  while (!open_.empty()) Close();
  return std::exchange(text_, std::string());
}

}  // namespace crm::crmctl
