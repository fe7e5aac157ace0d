#pragma once

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <absl/types/span.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/error/error.h"

namespace crm::rpc {

enum class Presence { kOptional, kRequired };
inline constexpr Presence kOptional = Presence::kOptional;
inline constexpr Presence kRequired = Presence::kRequired;

// Bounds of a text in Unicode code points.
struct TextLimits {
  size_t min = 0;
  size_t max = 255;
  Presence presence = kOptional;
};

// Collects what is wrong with the fields of a request, all violations at once; every one says what
// is allowed. Paths are as in the API: "lead.contact", "contact.emails[1].address". An empty text
// counts as absent: then only `kRequired` complains. Allocates nothing while all is well.
class Validation {
 public:
  // `now`: when the call arrived, for what must lie in the past or the future.
  explicit Validation(absl::Time now) : now_(now) {}

  absl::Time now() const { return now_; }

  Validation& Text(absl::string_view path, absl::string_view value, TextLimits limits);
  // "<collection>/<uuid>", e.g. collection "contacts".
  Validation& Name(absl::string_view path, absl::string_view value, absl::string_view collection,
                   Presence presence);
  // "<collection>/<id>", the id 1..63 of [a-z0-9-], first a letter, last not '-'.
  Validation& SlugName(absl::string_view path, absl::string_view value,
                       absl::string_view collection, Presence presence);
  // The bare id of a SlugName.
  Validation& Slug(absl::string_view path, absl::string_view value, Presence presence);
  Validation& Uuid(absl::string_view path, absl::string_view value, Presence presence);
  // `known` is E_IsValid(value); zero is "unspecified".
  Validation& Enum(absl::string_view path, int value, bool known, Presence presence);
  // Any number in [min, max].
  Validation& Number(absl::string_view path, int64_t value, int64_t min, int64_t max);
  // 0001-01-01T00:00:00Z .. 9999-12-31T23:59:59.999999999Z.
  Validation& Timestamp(absl::string_view path, bool present, int64_t seconds, int32_t nanos,
                        Presence presence);
  // An active ISO 4217 code and a minor amount in [min, max]; both empty and zero counts as absent.
  Validation& Money(absl::string_view path, absl::string_view currency, int64_t minor,
                    Presence presence, int64_t min = 0, int64_t max = 1'000'000'000'000'000);
  Validation& Date(absl::string_view path, bool present, int year, int month, int day,
                   Presence presence);
  // One address local@domain of at most 254 characters; no display name, no white space.
  Validation& Email(absl::string_view path, absl::string_view value, Presence presence);
  // 0 (the default size) or more; what exceeds the greatest page counts as that.
  Validation& PageSize(absl::string_view path, int64_t value);
  // Number of elements of a repeated field.
  Validation& Count(absl::string_view path, size_t count, size_t max, size_t min = 0);
  // A resource's etag: a decimal revision; empty is allowed when optional.
  Validation& Etag(absl::string_view path, absl::string_view value, Presence presence);
  // A violation in the caller's own words, e.g. "must not be before close_date".
  Validation& Custom(absl::string_view path, absl::string_view text);
  // A required message field.
  Validation& Present(absl::string_view path, bool present);

  // The same for messages of google.protobuf.Timestamp, crm.type.v1.Money and Date:
  //   v.TimestampField("lead.effective_time", lead.has_effective_time(), lead.effective_time(), …)
  template <class T>
  Validation& TimestampField(absl::string_view path, bool present, const T& value,
                             Presence presence) {
    return Timestamp(path, present, present ? value.seconds() : 0, present ? value.nanos() : 0,
                     presence);
  }
  template <class M>
  Validation& MoneyField(absl::string_view path, bool present, const M& value, Presence presence,
                         int64_t min = 0, int64_t max = 1'000'000'000'000'000) {
    if (!present) return Missing(path, presence);
    return Money(path, value.currency_code(), value.amount_minor(), kRequired, min, max);
  }
  template <class D>
  Validation& DateField(absl::string_view path, bool present, const D& value, Presence presence) {
    return Date(path, present, present ? value.year() : 0, present ? value.month() : 0,
                present ? value.day() : 0, presence);
  }

  bool ok() const { return violations_.empty(); }
  const std::vector<error::FieldViolation>& violations() const { return violations_; }
  // OK, or INVALID_ARGUMENT FIELD_INVALID with every violation.
  absl::Status ToStatus() const;

 private:
  Validation& Missing(absl::string_view path, Presence presence);

  absl::Time now_;
  std::vector<error::FieldViolation> violations_;
};

// INVALID_ARGUMENT FIELD_INVALID with these violations and the metadata "fields".
absl::Status FieldsInvalid(absl::Span<const error::FieldViolation> violations);

}  // namespace crm::rpc
