#include "common/error/error.h"

#include <absl/strings/cord.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <cstdint>

namespace crm::error {
namespace {

constexpr char kDetailsUrl[] = "crm.error/details";
constexpr char kPrivateUrl[] = "crm.error/private";
constexpr int64_t kNoRetryAdvice = -1;

// Length-prefixed text: every string is a 4-byte little-endian length and its bytes, every list a
// 4-byte count and its items.
class Writer {
 public:
  void Number(uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out_.push_back(static_cast<char>(value >> (8 * i)));
  }
  void Count(size_t value) { Number(value, 4); }
  void Text(const std::string& text) {
    Count(text.size());
    out_.append(text);
  }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

class Reader {
 public:
  explicit Reader(absl::string_view in) : in_(in) {}

  uint64_t Number(size_t bytes) {
    if (in_.size() < bytes) {
      ok_ = false;
      in_ = {};
      return 0;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; ++i) {
      value |= static_cast<uint64_t>(static_cast<uint8_t>(in_[i])) << (8 * i);
    }
    in_.remove_prefix(bytes);
    return value;
  }
  std::string Text() {
    const uint64_t size = Number(4);
    if (size > in_.size()) {
      ok_ = false;
      in_ = {};
      return {};
    }
    std::string text(in_.substr(0, size));
    in_.remove_prefix(size);
    return text;
  }
  template <typename ReadItem>
  void List(ReadItem read_item) {
    for (uint64_t left = Number(4); left > 0 && ok_; --left) read_item();
  }
  bool Complete() const { return ok_ && in_.empty(); }

 private:
  absl::string_view in_;
  bool ok_ = true;
};

std::string Encode(const Details& details) {
  Writer out;
  out.Text(details.reason);
  out.Count(details.metadata.size());
  for (const auto& [key, value] : details.metadata) {
    out.Text(key);
    out.Text(value);
  }
  out.Count(details.fields.size());
  for (const auto& violation : details.fields) {
    out.Text(violation.field);
    out.Text(violation.description);
  }
  out.Count(details.preconditions.size());
  for (const auto& violation : details.preconditions) {
    out.Text(violation.type);
    out.Text(violation.subject);
    out.Text(violation.description);
  }
  const int64_t delay =
      details.retry_after ? absl::ToInt64Microseconds(*details.retry_after) : kNoRetryAdvice;
  out.Number(static_cast<uint64_t>(delay), 8);
  return out.Take();
}

std::optional<Details> Decode(absl::string_view text) {
  Reader in(text);
  Details details;
  details.reason = in.Text();
  in.List([&] {
    std::string key = in.Text();
    details.metadata.emplace_back(std::move(key), in.Text());
  });
  in.List([&] {
    std::string field = in.Text();
    details.fields.push_back({std::move(field), in.Text()});
  });
  in.List([&] {
    std::string type = in.Text();
    std::string subject = in.Text();
    details.preconditions.push_back({std::move(type), std::move(subject), in.Text()});
  });
  const auto delay = static_cast<int64_t>(in.Number(8));
  if (!in.Complete()) return std::nullopt;
  if (delay != kNoRetryAdvice) details.retry_after = absl::Microseconds(delay);
  return details;
}

}  // namespace

Error::Error(absl::StatusCode code, absl::string_view reason, absl::string_view message)
    : code_(code), message_(message) {
  details_.reason = std::string(reason);
}

Error& Error::With(absl::string_view key, absl::string_view value) {
  details_.metadata.emplace_back(key, value);
  return *this;
}

Error& Error::Violation(absl::string_view field, absl::string_view text) {
  details_.fields.push_back({std::string(field), std::string(text)});
  return *this;
}

Error& Error::Precondition(absl::string_view type, absl::string_view subject,
                           absl::string_view text) {
  details_.preconditions.push_back({std::string(type), std::string(subject), std::string(text)});
  return *this;
}

Error& Error::RetryAfter(absl::Duration delay) {
  details_.retry_after = std::max(delay, absl::ZeroDuration());
  return *this;
}

Error& Error::Private(absl::string_view text) {
  private_ = std::string(text);
  return *this;
}

bool Error::HasViolations() const {
  return !details_.fields.empty() || !details_.preconditions.empty();
}

absl::Status Error::ToStatus() const {
  absl::Status status(code_, message_);
  status.SetPayload(kDetailsUrl, absl::Cord(Encode(details_)));
  if (!private_.empty()) status.SetPayload(kPrivateUrl, absl::Cord(private_));
  return status;
}

std::optional<Details> DetailsOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kDetailsUrl);
  if (!payload) return std::nullopt;
  return Decode(std::string(*payload));
}

absl::Status WithMetadata(absl::Status status, absl::string_view key, absl::string_view value) {
  if (std::optional<Details> details = DetailsOf(status)) {
    details->metadata.emplace_back(key, value);
    status.SetPayload(kDetailsUrl, absl::Cord(Encode(*details)));
  }
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  auto details = DetailsOf(status);
  return details ? std::move(details->reason) : std::string();
}

std::string PrivateTextOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPrivateUrl);
  return payload ? std::string(*payload) : std::string();
}

absl::Status Under(absl::string_view parent, absl::Status status) {
  std::optional<Details> details = DetailsOf(status);
  if (!details || details->fields.empty()) return status;
  for (FieldViolation& violation : details->fields) {
    violation.field = absl::StrCat(parent, ".", violation.field);
  }
  status.SetPayload(kDetailsUrl, absl::Cord(Encode(*details)));
  return status;
}

Error Internal(absl::string_view private_text) {
  return Error(absl::StatusCode::kInternal, kInternalError, "An internal error occurred.")
      .Private(private_text);
}

Error NotFound(absl::string_view resource_name) {
  return Error(absl::StatusCode::kNotFound, kResourceNotFound,
               absl::StrCat(resource_name, " does not exist."))
      .With("resource", resource_name);
}

Error DataDamaged(absl::string_view resource_name) {
  return Error(absl::StatusCode::kDataLoss, kDataDamaged,
               absl::StrCat("What is stored of ", resource_name, " cannot be read."))
      .With("resource", resource_name);
}

Error StaleEtag(absl::string_view resource_name) {
  return Error(absl::StatusCode::kAborted, kEtagMismatch,
               absl::StrCat(resource_name, " has changed since it was read; read it again."))
      .With("resource", resource_name);
}

Error InvalidFields() {
  return Error(absl::StatusCode::kInvalidArgument, kFieldInvalid,
               "The request has invalid fields.");
}

Error FieldInvalid(absl::string_view field, absl::string_view description) {
  return InvalidFields().Violation(field, description);
}

Error StateInvalid(absl::string_view resource_name, absl::string_view state,
                   absl::string_view message) {
  return Error(absl::StatusCode::kFailedPrecondition, kStateInvalid, message)
      .With("resource", resource_name)
      .With("state", state);
}

Error Unavailable(absl::string_view reason, absl::string_view message, absl::Duration retry_after) {
  return Error(absl::StatusCode::kUnavailable, reason, message).RetryAfter(retry_after);
}

Error DeadlinePassed() {
  return Error(absl::StatusCode::kDeadlineExceeded, kDeadlinePassed,
               "The deadline passed before the answer was ready.");
}

}  // namespace crm::error
