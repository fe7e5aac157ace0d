#include "clients/crmctl/events/event_copy.h"

#include <absl/strings/escaping.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "common/base/digest.h"
#include "common/base/status.h"
#include "common/error/error.h"

namespace crm::crmctl {
namespace {

using event::v1::DigestStageEventsResponse;
using nlohmann::json;

constexpr size_t kLinesAhead = 5000;  // what one answer covers

// One event of the copy, in the form that is digested (DigestStageEventsResponse.sha256). What the
// library writes is canonical by RFC 8785: names in order, no spaces, nothing escaped in vain.
struct Copied {
  int64_t sequence = 0;
  std::string text;
};

// A text or, as others write them, a number.
std::string TextOf(const json& event, const char* name) {
  const auto value = event.find(name);
  if (value == event.end()) return "";
  return value->is_string() ? value->get<std::string>() : value->dump();
}

std::optional<Copied> CopiedOf(const std::string& line) {
  const json event = json::parse(line, nullptr, false);
  Copied copied;
  if (!event.is_object() || !event.contains("change") ||
      !absl::SimpleAtoi(TextOf(event, "sequence"), &copied.sequence)) {
    return std::nullopt;
  }
  copied.text = absl::StrCat(TextOf(event, "entryId"), " ", TextOf(event, "epoch"), " ",
                             event["change"].dump(), "\n");
  return copied;
}

// The copy's lines, of which some are known.
class Lines {
 public:
  explicit Lines(std::istream& copy) : copy_(copy) {}

  absl::Status ReadAhead() {
    std::string line;
    while (ahead_.size() < kLinesAhead && std::getline(copy_, line)) {
      ++number_;
      std::optional<Copied> copied = CopiedOf(line);
      if (!copied.has_value() || copied->sequence <= last_) {
        return error::FieldInvalid(
            absl::StrCat("line ", number_),
            copied.has_value() ? "must come behind the one before it" : "must be an event in JSON");
      }
      last_ = copied->sequence;
      ahead_.push_back(*std::move(copied));
    }
    return absl::OkStatus();
  }
  const std::deque<Copied>& ahead() const { return ahead_; }

  // Whether those behind `after` and up to the end of what is digested are that.
  bool Are(int64_t after, const DigestStageEventsResponse& digested) const {
    base::Sha256Stream digest;
    int64_t count = 0;
    for (const Copied& each : ahead_) {
      if (each.sequence <= after || each.sequence > digested.read_sequence()) continue;
      digest.Add(each.text);
      ++count;
    }
    return count == digested.count() &&
           absl::BytesToHexString(base::AsText(digest.Finish())) == digested.sha256();
  }
  bool Has(int64_t sequence) const {
    return std::any_of(ahead_.begin(), ahead_.end(),
                       [sequence](const Copied& each) { return each.sequence == sequence; });
  }
  // Lets go those up to `sequence`; how many there were.
  int64_t Drop(int64_t sequence) {
    int64_t count = 0;
    for (; !ahead_.empty() && ahead_.front().sequence <= sequence; ++count) ahead_.pop_front();
    return count;
  }

 private:
  std::istream& copy_;
  std::deque<Copied> ahead_;
  int64_t number_ = 0;
  int64_t last_ = 0;
};

// By halving what is behind `after` and up to `through`, which differs.
absl::StatusOr<std::string> FindDifference(const Lines& lines, const AskDigest& ask, int64_t after,
                                           int64_t through) {
  while (through - after > 1) {
    const int64_t middle = after + (through - after) / 2;
    CRM_ASSIGN_OR_RETURN(const DigestStageEventsResponse half, ask(after, middle));
    (lines.Are(after, half) ? after : through) = middle;
  }
  CRM_ASSIGN_OR_RETURN(const DigestStageEventsResponse one, ask(after, through));
  const std::string event = absl::StrCat("event ", through);
  if (!lines.Has(through)) return event + " is missing in the copy";
  if (one.count() == 0) return event + " of the copy is not in the log";
  return event + " of the copy is not what the log has";
}

}  // namespace

absl::StatusOr<CopyProof> ProveCopy(std::istream& copy, const AskDigest& ask) {
  Lines lines(copy);
  CopyProof proof;
  CRM_RETURN_IF_ERROR(lines.ReadAhead());
  if (lines.ahead().empty()) return proof;
  proof.first = lines.ahead().front().sequence;
  for (int64_t position = proof.first - 1; !lines.ahead().empty();) {
    const int64_t through = lines.ahead().back().sequence;
    CRM_ASSIGN_OR_RETURN(const DigestStageEventsResponse digested, ask(position, through));
    proof.log_end = digested.last_sequence();
    const int64_t kept_after = std::min(digested.begin_sequence() - 1, through);
    if (kept_after > position) {
      proof.unproved += lines.Drop(kept_after);
      proof.last = position = kept_after;
      CRM_RETURN_IF_ERROR(lines.ReadAhead());
      if (position == through) continue;
    }
    if (digested.read_sequence() <= position) {
      proof.difference = absl::StrCat("event ", lines.ahead().front().sequence,
                                      " of the copy is beyond the end of the log");
      return proof;
    }
    if (!lines.Are(position, digested)) {
      CRM_ASSIGN_OR_RETURN(proof.difference,
                           FindDifference(lines, ask, position, digested.read_sequence()));
      return proof;
    }
    position = digested.read_sequence();
    proof.proved += lines.Drop(position);
    proof.last = position;
    CRM_RETURN_IF_ERROR(lines.ReadAhead());
  }
  return proof;
}

}  // namespace crm::crmctl
