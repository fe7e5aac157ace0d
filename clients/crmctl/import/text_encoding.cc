#include "clients/crmctl/import/text_encoding.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#include <algorithm>
#include <memory>

#include "common/base/text.h"

namespace crm::crmctl {
namespace {

using Converter = std::unique_ptr<UConverter, decltype(&ucnv_close)>;

Converter Open(absl::string_view name) {
  UErrorCode error = U_ZERO_ERROR;
  Converter converter(ucnv_open(std::string(name).c_str(), &error), &ucnv_close);
  if (U_FAILURE(error)) converter.reset();
  return converter;
}

// What cannot be converted becomes U+FFFD.
std::string ToUtf8(UConverter* from, absl::string_view bytes) {
  const Converter to = Open("UTF-8");
  std::string text;
  UErrorCode error = U_ZERO_ERROR;
  char buffer[16 << 10];
  UChar pivot[8 << 10];
  UChar* pivot_source = pivot;
  UChar* pivot_target = pivot;
  const char* source = bytes.data();
  bool reset = true;
  do {
    error = U_ZERO_ERROR;
    char* target = buffer;
    ucnv_convertEx(to.get(), from, &target, buffer + sizeof(buffer), &source,
                   bytes.data() + bytes.size(), pivot, &pivot_source, &pivot_target,
                   pivot + std::size(pivot), reset, /*flush=*/true, &error);
    text.append(buffer, static_cast<size_t>(target - buffer));
    reset = false;
  } while (error == U_BUFFER_OVERFLOW_ERROR);
  return text;
}

// By ICU's detector, from the lines that are not ASCII.
std::string Guess(absl::string_view bytes) {
  std::string sample;
  while (!bytes.empty() && sample.size() < (64 << 10)) {
    const size_t end = std::min(bytes.find('\n'), bytes.size() - 1);
    const absl::string_view line = bytes.substr(0, end + 1);
    const bool ascii = std::all_of(line.begin(), line.end(), absl::ascii_isascii);
    if (!ascii) absl::StrAppend(&sample, line);
    bytes.remove_prefix(end + 1);
  }
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, decltype(&ucsdet_close)> detector(ucsdet_open(&error),
                                                                            &ucsdet_close);
  if (U_FAILURE(error)) return "";
  ucsdet_setText(detector.get(), sample.data(), static_cast<int32_t>(sample.size()), &error);
  const UCharsetMatch* match = ucsdet_detect(detector.get(), &error);
  const char* name = match == nullptr ? nullptr : ucsdet_getName(match, &error);
  if (U_FAILURE(error) || name == nullptr) return "windows-1252";
  // The detector says ISO-8859-1 of what Windows wrote without curly quotes: the same letters.
  return absl::EqualsIgnoreCase(name, "ISO-8859-1") ? "windows-1252" : name;
}

}  // namespace

bool IsEncoding(absl::string_view name) { return Open(name) != nullptr; }

absl::StatusOr<DecodedText> DecodeText(std::string bytes, absl::string_view encoding) {
  constexpr absl::string_view kMark = "\xEF\xBB\xBF";
  DecodedText decoded;
  const char* wide = absl::StartsWith(bytes, "\xFF\xFE")   ? "UTF-16LE"
                     : absl::StartsWith(bytes, "\xFE\xFF") ? "UTF-16BE"
                                                           : nullptr;
  if (wide != nullptr) {
    decoded.text = ToUtf8(Open(wide).get(), absl::string_view(bytes).substr(2));
  } else if (absl::StartsWith(bytes, kMark) || encoding.empty()) {
    size_t marks = 0;
    while (absl::StartsWith(absl::string_view(bytes).substr(marks), kMark)) marks += kMark.size();
    bytes.erase(0, marks);
    decoded.text = std::move(bytes);
    if (!base::IsValidUtf8(decoded.text)) decoded.guess = Guess(decoded.text);
  } else {
    const Converter from = Open(encoding);
    if (!from) {
      return absl::InvalidArgumentError(absl::StrCat("the encoding ", encoding, " is not known"));
    }
    decoded.text = ToUtf8(from.get(), bytes);
  }
  return decoded;
}

}  // namespace crm::crmctl
