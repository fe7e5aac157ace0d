#include "common/base/unicode.h"

#include <absl/strings/ascii.h>
#include <unicode/brkiter.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <memory>

#include "common/base/text.h"

namespace crm::base {
namespace {

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isascii(c); });
}

bool IsUnseen(UChar32 point) {
  return u_isUWhiteSpace(point) || u_charType(point) == U_CONTROL_CHAR ||
         u_charType(point) == U_FORMAT_CHAR ||
         u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

// Calls visit(point, bytes) for each code point of well-formed text.
template <class Visit>
void ForEachPoint(absl::string_view text, const Visit& visit) {
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    UChar32 point;
    U8_NEXT(text.data(), at, text.size(), point);
    visit(point, text.substr(begin, at - begin));
  }
}

absl::string_view WithoutOuterSpace(absl::string_view text) {
  size_t begin = text.size();
  size_t end = 0;
  ForEachPoint(text, [&](UChar32 point, absl::string_view bytes) {
    if (u_isUWhiteSpace(point)) return;
    const size_t at = static_cast<size_t>(bytes.data() - text.data());
    begin = std::min(begin, at);
    end = at + bytes.size();
  });
  return begin < end ? text.substr(begin, end - begin) : absl::string_view();
}

bool IsBlank(absl::string_view text) {
  bool blank = true;
  ForEachPoint(text, [&](UChar32 point, absl::string_view) { blank = blank && IsUnseen(point); });
  return blank;
}

// The data of normalizations is compiled into ICU: they are always there.
std::string Normalized(const icu::Normalizer2* (*instance)(UErrorCode&), absl::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* const form = instance(error);
  if (U_FAILURE(error)) return std::string(text);
  std::string result;
  icu::StringByteSink<std::string> sink(&result, static_cast<int32_t>(text.size()));
  form->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink,
                      nullptr, error);
  return U_FAILURE(error) ? std::string(text) : result;
}

// Latin letters that no decomposition takes apart: "ł", "ø", "æ". Making it takes milliseconds; it
// may be used by several threads.
std::string WithPlainLatin(absl::string_view text) {
  static const std::unique_ptr<icu::Transliterator> plain = [] {
    UErrorCode error = U_ZERO_ERROR;
    return std::unique_ptr<icu::Transliterator>(
        icu::Transliterator::createInstance("Latin-ASCII", UTRANS_FORWARD, error));
  }();
  bool has_others = false;
  ForEachPoint(text, [&](UChar32 point, absl::string_view) {
    has_others = has_others || (point > 0x7F && uscript_hasScript(point, USCRIPT_LATIN));
  });
  if (!has_others || plain == nullptr) return std::string(text);
  icu::UnicodeString changed =
      icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  plain->transliterate(changed);
  std::string result;
  return changed.toUTF8String(result);
}

}  // namespace

std::string Tidy(absl::string_view text) {
  if (IsAscii(text)) {
    const absl::string_view inner = absl::StripAsciiWhitespace(text);
    return IsBlank(inner) ? "" : std::string(inner);
  }
  if (!IsValidUtf8(text)) return std::string(text);
  std::string inner = Normalized(icu::Normalizer2::getNFCInstance, WithoutOuterSpace(text));
  if (IsBlank(inner)) inner.clear();
  return inner;
}

std::string Folded(absl::string_view text) {
  if (IsAscii(text)) return absl::AsciiStrToLower(text);
  if (!IsValidUtf8(text)) return std::string(text);
  return Normalized(icu::Normalizer2::getNFKCCasefoldInstance, text);
}

std::string SearchForm(absl::string_view text) {
  if (IsAscii(text)) return absl::AsciiStrToLower(text);
  if (!IsValidUtf8(text)) return std::string(text);
  const std::string apart = Normalized(icu::Normalizer2::getNFKDInstance, Folded(text));
  std::string form;
  ForEachPoint(apart, [&](UChar32 point, absl::string_view bytes) {
    if ((U_GET_GC_MASK(point) & U_GC_M_MASK) == 0) form.append(bytes.data(), bytes.size());
  });
  return WithPlainLatin(form);
}

std::vector<std::string> SearchWords(absl::string_view text) {
  std::vector<std::string> words;
  if (!IsValidUtf8(text)) return words;
  bool within = false;
  const std::string form = SearchForm(text);
  ForEachPoint(form, [&](UChar32 point, absl::string_view bytes) {
    const bool is_letter = u_isalnum(point);
    if (is_letter && !within) words.emplace_back();
    if (is_letter) words.back().append(bytes.data(), bytes.size());
    within = is_letter;
  });
  return words;
}

std::u32string CodePointsOf(absl::string_view text) {
  std::u32string points;
  ForEachPoint(text, [&](UChar32 point, absl::string_view) {
    points.push_back(static_cast<char32_t>(point));
  });
  return points;
}

std::string Utf8Of(std::u32string_view points) {
  std::string text;
  for (const char32_t point : points) {
    char bytes[U8_MAX_LENGTH];
    int32_t size = 0;
    U8_APPEND_UNSAFE(bytes, size, static_cast<UChar32>(point));
    text.append(bytes, static_cast<size_t>(size));
  }
  return text;
}

bool HasUnseen(absl::string_view text) {
  bool unseen = false;
  ForEachPoint(text, [&](UChar32 point, absl::string_view) { unseen = unseen || IsUnseen(point); });
  return unseen;
}

std::string CutAtCharacter(absl::string_view text, size_t limit) {
  if (text.size() <= limit || CodePoints(text) <= limit) return std::string(text);
  size_t end = 0;
  for (size_t points = 0; points < limit; ++points) U8_FWD_1(text.data(), end, text.size());
  UErrorCode error = U_ZERO_ERROR;
  UText utext = UTEXT_INITIALIZER;
  utext_openUTF8(&utext, text.data(), static_cast<int64_t>(text.size()), &error);
  const std::unique_ptr<icu::BreakIterator> characters(
      icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), error));
  if (U_SUCCESS(error)) characters->setText(&utext, error);
  if (U_SUCCESS(error) && !characters->isBoundary(static_cast<int32_t>(end))) {
    end = static_cast<size_t>(std::max(characters->preceding(static_cast<int32_t>(end)), 0));
  }
  utext_close(&utext);
  return std::string(text.substr(0, end));
}

}  // namespace crm::base
