#include "common/address/normal_forms.h"

#include <idn2.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/text.h"
#include "common/base/unicode.h"

namespace crm::address {
namespace {

constexpr size_t kLocalLimit = 64;
constexpr size_t kDomainLimit = 253;
constexpr absl::string_view kQuotedOnly = "\"(),:;<>@[\\]";

bool IsAsciiText(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isascii(c); });
}

bool IsDotAtom(absl::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' &&
         !absl::StrContains(text, "..") && text.find_first_of(kQuotedOnly) == text.npos;
}

// What stands between quotes, its escapes undone; nothing if they do not match.
std::optional<std::string> Unquoted(absl::string_view text) {
  if (text.size() < 3 || text.front() != '"' || text.back() != '"') return std::nullopt;
  std::string content;
  const absl::string_view inner = text.substr(1, text.size() - 2);
  for (size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == '"') return std::nullopt;
    if (inner[i] == '\\' && ++i == inner.size()) return std::nullopt;
    content += inner[i];
  }
  return content;
}

std::string NormalLocalPart(absl::string_view given) {
  std::string local = base::Folded(given);
  if (local.size() > kLocalLimit || base::HasUnseen(local)) return "";
  if (!absl::StartsWith(local, "\"")) return IsDotAtom(local) ? local : "";
  const std::optional<std::string> content = Unquoted(local);
  if (!content.has_value() || IsDotAtom(*content)) return content.value_or("");
  return absl::StrCat("\"", absl::StrReplaceAll(*content, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

using IdnText = std::unique_ptr<char, void (*)(void*)>;

// The domain in the letters of ASCII, nothing if IDNA knows none. What is ASCII and no A-label is
// not asked about: IDNA refuses "r3---sn.example", which exists.
std::optional<std::string> AsciiDomain(const std::string& domain) {
  std::string lower = absl::AsciiStrToLower(domain);
  if (IsAsciiText(lower) && !absl::StrContains(lower, "xn--")) return lower;
  char* text = nullptr;
  const int result = idn2_to_ascii_8z(domain.c_str(), &text, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const IdnText owned(text, idn2_free);
  return result == IDN2_OK ? std::optional<std::string>(text) : std::nullopt;
}

std::string ReadableDomain(const std::string& ascii) {
  if (!absl::StrContains(ascii, "xn--")) return ascii;
  char* text = nullptr;
  const int result = idn2_to_unicode_8z8z(ascii.c_str(), &text, 0);
  const IdnText owned(text, idn2_free);
  return result == IDN2_OK ? text : "";
}

bool IsLabel(absl::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
    return false;
  }
  return std::all_of(label.begin(), label.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_';
  });
}

// Of a host as typed.
std::string NormalHost(absl::string_view host) {
  if (host.find('\0') != host.npos) return "";
  std::optional<std::string> ascii = AsciiDomain(std::string(host));
  if (!ascii.has_value()) return "";
  absl::string_view rest = *ascii;
  absl::ConsumeSuffix(&rest, ".");
  absl::string_view bare = rest;
  // "www.com" is a domain of its own.
  if (absl::ConsumePrefix(&bare, "www.") && absl::StrContains(bare, ".")) rest = bare;
  const std::vector<absl::string_view> labels = absl::StrSplit(rest, '.');
  if (rest.size() > kDomainLimit || labels.size() < 2) return "";
  if (!std::all_of(labels.begin(), labels.end(), IsLabel)) return "";
  return ReadableDomain(std::string(rest));
}

// Of an URL its host, without user and port.
absl::string_view HostOf(absl::string_view text) {
  const size_t scheme = text.find("://");
  if (scheme != text.npos) text.remove_prefix(scheme + 3);
  text = text.substr(0, text.find_first_of("/?#"));
  if (scheme != text.npos && absl::StrContains(text, "@")) text.remove_prefix(text.rfind('@') + 1);
  const size_t port = text.rfind(':');
  if (port == text.npos) return text;
  const absl::string_view digits = text.substr(port + 1);
  return std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit) ? text.substr(0, port)
                                                                        : text;
}

}  // namespace

std::string NormalizeEmail(absl::string_view address) {
  // The wide and the small '@' are one by NFKC, but the domain is not folded before IDNA sees it.
  const std::string text =
      absl::StrReplaceAll(base::Tidy(address), {{"\uFF20", "@"}, {"\uFE6B", "@"}});
  const size_t at = text.rfind('@');
  if (at == text.npos || !base::IsValidUtf8(text)) return "";
  const std::string local = NormalLocalPart(absl::string_view(text).substr(0, at));
  const std::string domain = NormalHost(absl::string_view(text).substr(at + 1));
  return local.empty() || domain.empty() ? "" : absl::StrCat(local, "@", domain);
}

std::string NormalizeDomain(absl::string_view domain) {
  const std::string text = base::Tidy(domain);
  return base::IsValidUtf8(text) ? NormalHost(HostOf(text)) : "";
}

}  // namespace crm::address
