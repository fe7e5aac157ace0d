#include "services/contact/domain/normal_forms.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace crm::contact {
namespace {

bool IsLabel(absl::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
    return false;
  }
  return std::all_of(label.begin(), label.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' ||
           !absl::ascii_isascii(static_cast<unsigned char>(c));
  });
}

}  // namespace

std::string NormalizeEmail(absl::string_view address) {
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(address));
}

bool IsEmail(absl::string_view normalized) {
  const size_t at = normalized.rfind('@');
  if (at == absl::string_view::npos || at == 0 || at > 64 || at + 1 == normalized.size()) {
    return false;
  }
  for (const char c : normalized) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_iscntrl(byte) || absl::ascii_isspace(byte)) return false;
  }
  return IsDomain(normalized.substr(at + 1));
}

std::string NormalizeDomain(absl::string_view domain) {
  std::string lower = absl::AsciiStrToLower(absl::StripAsciiWhitespace(domain));
  absl::string_view rest = lower;
  absl::ConsumePrefix(&rest, "www.");
  absl::ConsumeSuffix(&rest, ".");
  return std::string(rest);
}

bool IsDomain(absl::string_view normalized) {
  if (normalized.empty() || normalized.size() > 253) return false;
  for (const absl::string_view label : absl::StrSplit(normalized, '.')) {
    if (!IsLabel(label)) return false;
  }
  return true;
}

}  // namespace crm::contact
