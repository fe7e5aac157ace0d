#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/error/reasons.h"

namespace crm::error {

// One field of a request that breaks a rule. `field` is its path, for example "lead.email".
struct FieldViolation {
  std::string field;
  std::string description;

  friend bool operator==(const FieldViolation&, const FieldViolation&) = default;
};

// One thing that must hold first. `type` is a constant such as "GATE", `subject` a resource name.
struct PreconditionViolation {
  std::string type;
  std::string subject;
  std::string description;

  friend bool operator==(const PreconditionViolation&, const PreconditionViolation&) = default;
};

// What an error tells beyond its code and message; all of it is public.
struct Details {
  std::string reason;
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<FieldViolation> fields;
  std::vector<PreconditionViolation> preconditions;
  std::optional<absl::Duration> retry_after;
};

// Builds an absl::Status that carries Details:
//   return Error(absl::StatusCode::kFailedPrecondition, kStateInvalid, "The lead is closed.")
//       .With("state", "CLOSED");
// Message, metadata and violations are sent to clients: no personal data, no internals.
class Error {
 public:
  // `code` must not be kOk.
  Error(absl::StatusCode code, absl::string_view reason, absl::string_view message);

  Error& With(absl::string_view key, absl::string_view value);
  Error& Violation(absl::string_view field, absl::string_view text);
  Error& Precondition(absl::string_view type, absl::string_view subject, absl::string_view text);
  // How long a client should wait before it tries again.
  Error& RetryAfter(absl::Duration delay);
  // Text for the log only; see PrivateTextOf.
  Error& Private(absl::string_view text);

  // Whether Violation() or Precondition() was called. Collect first, then fail only if so.
  bool HasViolations() const;

  absl::Status ToStatus() const;
  operator absl::Status() const { return ToStatus(); }  // NOLINT: meant to be implicit
  template <typename T>
  operator absl::StatusOr<T>() const {  // NOLINT: meant to be implicit
    return ToStatus();
  }

 private:
  absl::StatusCode code_;
  std::string message_;
  Details details_;
  std::string private_;
};

// The details of a status made by Error; nothing for an OK or foreign status or damaged details.
std::optional<Details> DetailsOf(const absl::Status& status);
// `status`, made by Error, with one more entry of metadata.
absl::Status WithMetadata(absl::Status status, absl::string_view key, absl::string_view value);
// Its reason, or the empty string.
std::string ReasonOf(const absl::Status& status);
// The text that is for the log only, or the empty string.
std::string PrivateTextOf(const absl::Status& status);

// The status with its field violations below `parent`: "emails[0].address" becomes
// "contact.emails[0].address". The domain names fields within a thing, the API within a request.
absl::Status Under(absl::string_view parent, absl::Status status);

// INTERNAL with a neutral message; `private_text` reaches the log, never a client.
Error Internal(absl::string_view private_text);
// NOT_FOUND, RESOURCE_NOT_FOUND. Metadata: resource.
Error NotFound(absl::string_view resource_name);
// DATA_LOSS, DATA_DAMAGED: its row cannot be read. Metadata: resource.
Error DataDamaged(absl::string_view resource_name);
// ABORTED, ETAG_MISMATCH: somebody else changed it. Metadata: resource.
Error StaleEtag(absl::string_view resource_name);
// INVALID_ARGUMENT, FIELD_INVALID without a violation yet; add them with Violation().
Error InvalidFields();
// The same with one violation.
Error FieldInvalid(absl::string_view field, absl::string_view description);
// FAILED_PRECONDITION, STATE_INVALID. Metadata: resource, state.
Error StateInvalid(absl::string_view resource_name, absl::string_view state,
                   absl::string_view message);
// UNAVAILABLE with advice when to retry.
Error Unavailable(absl::string_view reason, absl::string_view message, absl::Duration retry_after);
// DEADLINE_EXCEEDED, DEADLINE_PASSED.
Error DeadlinePassed();

}  // namespace crm::error
