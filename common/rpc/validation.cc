#include "common/rpc/validation.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/civil_time.h>

#include <algorithm>

#include "common/base/money.h"
#include "common/base/text.h"
#include "common/base/uuid.h"
#include "common/rpc/resource_name.h"

namespace crm::rpc {
namespace {

constexpr char kSlugRule[] = "1 to 63 characters of a-z 0-9 -, the first a letter, the last not -";
constexpr int64_t kFirstSecond = -62135596800;
constexpr int64_t kLastSecond = 253402300799;

bool IsEmail(absl::string_view text) {
  const size_t at = text.find('@');
  if (text.size() > 254 || at == absl::string_view::npos || at == 0 || at > 64) return false;
  const absl::string_view domain = text.substr(at + 1);
  if (domain.find('@') != absl::string_view::npos || domain.find('.') == absl::string_view::npos ||
      domain.front() == '.' || domain.back() == '.' ||
      domain.find("..") != absl::string_view::npos) {
    return false;
  }
  return std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '<' || c == '>' || c == ',' ||
           c == ';' || c == '"' || c == '(' || c == ')' || c == '\\';
  });
}

}  // namespace

Validation& Validation::Custom(absl::string_view path, absl::string_view text) {
  violations_.push_back({std::string(path), std::string(text)});
  return *this;
}

Validation& Validation::Missing(absl::string_view path, Presence presence) {
  if (presence == kRequired) Custom(path, "is required");
  return *this;
}

Validation& Validation::Present(absl::string_view path, bool present) {
  return present ? *this : Missing(path, kRequired);
}

Validation& Validation::Text(absl::string_view path, absl::string_view value, TextLimits limits) {
  if (value.empty()) return Missing(path, limits.presence);
  // Bytes bound code points from above, so most texts need no count.
  if (value.size() <= limits.max && limits.min <= 1) return *this;
  const size_t size = base::CodePoints(value);
  if (size >= limits.min && size <= limits.max) return *this;
  return Custom(path, absl::StrCat("must be ", std::max<size_t>(limits.min, 1), " to ", limits.max,
                                   " characters long"));
}

Validation& Validation::Name(absl::string_view path, absl::string_view value,
                             absl::string_view collection, Presence presence) {
  if (value.empty()) return Missing(path, presence);
  if (ParseName(value, collection)) return *this;
  return Custom(path, absl::StrCat("must be \"", collection, "/\" followed by a UUID"));
}

Validation& Validation::SlugName(absl::string_view path, absl::string_view value,
                                 absl::string_view collection, Presence presence) {
  if (value.empty()) return Missing(path, presence);
  if (ParseSlugName(value, collection)) return *this;
  return Custom(path, absl::StrCat("must be \"", collection, "/\" followed by ", kSlugRule));
}

Validation& Validation::Slug(absl::string_view path, absl::string_view value, Presence presence) {
  if (value.empty()) return Missing(path, presence);
  return IsSlug(value) ? *this : Custom(path, absl::StrCat("must be ", kSlugRule));
}

Validation& Validation::Uuid(absl::string_view path, absl::string_view value, Presence presence) {
  if (value.empty()) return Missing(path, presence);
  if (base::Uuid::Parse(value)) return *this;
  return Custom(path, "must be a UUID such as 018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e");
}

Validation& Validation::Enum(absl::string_view path, int value, bool known, Presence presence) {
  if (value == 0) return Missing(path, presence);
  return known ? *this : Custom(path, "must be one of the named values of its enum");
}

Validation& Validation::Number(absl::string_view path, int64_t value, int64_t min, int64_t max) {
  if (value >= min && value <= max) return *this;
  return Custom(path, absl::StrCat("must be ", min, " to ", max));
}

Validation& Validation::Timestamp(absl::string_view path, bool present, int64_t seconds,
                                  int32_t nanos, Presence presence) {
  if (!present) return Missing(path, presence);
  if (seconds >= kFirstSecond && seconds <= kLastSecond && nanos >= 0 && nanos <= 999999999) {
    return *this;
  }
  return Custom(path,
                "must lie in 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z, with nanos "
                "of 0 to 999999999");
}

Validation& Validation::Money(absl::string_view path, absl::string_view currency, int64_t minor,
                              Presence presence, int64_t min, int64_t max) {
  if (currency.empty() && minor == 0) {
    if (presence == kRequired) Custom(absl::StrCat(path, ".currency_code"), "is required");
    return *this;
  }
  if (!base::IsCurrency(currency)) {
    Custom(absl::StrCat(path, ".currency_code"),
           "must be an active ISO 4217 currency code in upper case, such as USD");
  }
  if (minor < min || minor > max) {
    Custom(absl::StrCat(path, ".amount_minor"), absl::StrCat("must be ", min, " to ", max));
  }
  return *this;
}

Validation& Validation::Date(absl::string_view path, bool present, int year, int month, int day,
                             Presence presence) {
  if (!present) return Missing(path, presence);
  const bool plausible = year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1;
  // An impossible day is normalized into another month.
  if (plausible && day <= 31 && absl::CivilDay(year, month, day).day() == day) return *this;
  return Custom(path, "must be a day of the calendar in the years 1 to 9999");
}

Validation& Validation::Email(absl::string_view path, absl::string_view value, Presence presence) {
  if (value.empty()) return Missing(path, presence);
  if (IsEmail(value)) return *this;
  return Custom(path, "must be one address such as name@example.com, at most 254 bytes long");
}

Validation& Validation::PageSize(absl::string_view path, int64_t value) {
  return value < 0 ? Custom(path, "must not be negative") : *this;
}

Validation& Validation::Count(absl::string_view path, size_t count, size_t max, size_t min) {
  if (count >= min && count <= max) return *this;
  if (min == 0) return Custom(path, absl::StrCat("must have at most ", max, " elements"));
  return Custom(path, absl::StrCat("must have ", min, " to ", max, " elements"));
}

Validation& Validation::Etag(absl::string_view path, absl::string_view value, Presence presence) {
  if (value.empty()) return Missing(path, presence);
  const bool decimal = value.size() <= 18 && std::all_of(value.begin(), value.end(), [](char c) {
                         return absl::ascii_isdigit(c);
                       });
  return decimal ? *this : Custom(path, "must be an etag as the resource carried it");
}

absl::Status Validation::ToStatus() const {
  return ok() ? absl::OkStatus() : FieldsInvalid(violations_);
}

absl::Status FieldsInvalid(absl::Span<const error::FieldViolation> violations) {
  error::Error error = error::InvalidFields();
  std::vector<std::string> fields;
  for (const error::FieldViolation& violation : violations) {
    error.Violation(violation.field, violation.description);
    if (!violation.field.empty() && fields.size() < 20) fields.push_back(violation.field);
  }
  error.With("fields", absl::StrJoin(fields, ","));
  return error;
}

}  // namespace crm::rpc
