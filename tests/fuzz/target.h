#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

// What is fuzzed: functions that are given any bytes. They are tried by libFuzzer with new bytes,
// and by an ordinary test with those of the corpus.
namespace crm::fuzz {

// Takes any bytes. Ends the process if what was made of them breaks a promise.
struct Target {
  absl::string_view name;  // also of its folder in the corpus
  void (*run)(absl::string_view input);
};

// All of them.
absl::Span<const Target> Targets();

// nullptr: there is none of that name.
const Target* FindTarget(absl::string_view name);

// Ends the process, saying what, unless it holds.
void Require(bool holds, absl::string_view what);

// What callers are told of bad input can be told: INVALID_ARGUMENT with a violation, in texts of a
// message, which must be UTF-8.
void RequireTellable(const absl::Status& status);
// The same of any other error.
void RequireReadable(const absl::Status& status);

// Takes the first line off the input.
absl::string_view TakeLine(absl::string_view& input);

// By file.
void Csv(absl::string_view input);
void Mapping(absl::string_view input);
void MessageFile(absl::string_view input);
void Money(absl::string_view input);
void PipelineFile(absl::string_view input);

void Request(absl::string_view input);

// By service: the first line names a method, the rest is its request on the wire. It goes through
// the checks, and on to what would be stored and shown.
void ContactRequest(absl::string_view input);
void LeadRequest(absl::string_view input);
void OpportunityRequest(absl::string_view input);

void StageJson(absl::string_view input);

void Filter(absl::string_view input);
void Name(absl::string_view input);
void OrderBy(absl::string_view input);
void PageToken(absl::string_view input);
void Traceparent(absl::string_view input);

void ClaimsOfToken(absl::string_view input);
void Jwks(absl::string_view input);
void Token(absl::string_view input);

}  // namespace crm::fuzz
