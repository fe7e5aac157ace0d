#include "common/error/error.h"

#include <absl/strings/cord.h>
#include <gtest/gtest.h>

namespace crm::error {
namespace {

absl::Status Closed() {
  return Error(absl::StatusCode::kFailedPrecondition, kStateInvalid, "The lead is closed.")
      .With("state", "CLOSED");
}

absl::StatusOr<int> ClosedOr() { return NotFound("leads/1"); }
absl::StatusOr<std::string> ClosedOrText() {
  return Error(absl::StatusCode::kAborted, kEtagMismatch, "Stale.").With("a", "b");
}

TEST(Error, BecomesAStatusOfItsCodeAndMessage) {
  const absl::Status status = Closed();
  EXPECT_EQ(absl::StatusCode::kFailedPrecondition, status.code());
  EXPECT_EQ("The lead is closed.", status.message());
  EXPECT_EQ("STATE_INVALID", ReasonOf(status));
}

TEST(Error, ConvertsToAnyStatusOr) {
  EXPECT_EQ(absl::StatusCode::kNotFound, ClosedOr().status().code());
  EXPECT_EQ(kEtagMismatch, ReasonOf(ClosedOrText().status()));
}

TEST(Error, CarriesEveryDetail) {
  const absl::Status status = Error(absl::StatusCode::kInvalidArgument, kFieldInvalid, "Wrong.")
                                  .With("key", absl::string_view("v\0w", 3))
                                  .With("empty", "")
                                  .Violation("lead.email", "must be an address")
                                  .Violation("lead.name", "must not be empty")
                                  .Precondition("GATE", "opportunities/1", "amount is missing")
                                  .RetryAfter(absl::Milliseconds(1500));
  const auto details = DetailsOf(status);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(kFieldInvalid, details->reason);
  ASSERT_EQ(2u, details->metadata.size());
  EXPECT_EQ(std::string("v\0w", 3), details->metadata[0].second);
  EXPECT_EQ("empty", details->metadata[1].first);
  ASSERT_EQ(2u, details->fields.size());
  EXPECT_EQ((FieldViolation{"lead.name", "must not be empty"}), details->fields[1]);
  ASSERT_EQ(1u, details->preconditions.size());
  EXPECT_EQ((PreconditionViolation{"GATE", "opportunities/1", "amount is missing"}),
            details->preconditions[0]);
  EXPECT_EQ(absl::Milliseconds(1500), details->retry_after);
}

TEST(Error, TellsWhetherViolationsWereCollected) {
  Error error = InvalidFields();
  EXPECT_FALSE(error.HasViolations());
  error.Violation("a", "b");
  EXPECT_TRUE(error.HasViolations());
  EXPECT_TRUE(InvalidFields().Precondition("t", "s", "d").HasViolations());
}

TEST(Error, GivesNoRetryAdviceUnlessAsked) {
  EXPECT_EQ(std::nullopt, DetailsOf(Closed())->retry_after);
  EXPECT_EQ(absl::ZeroDuration(),
            DetailsOf(Unavailable(kOverloaded, "Busy.", -absl::Seconds(1)))->retry_after);
}

TEST(Internal, KeepsThePrivateTextOutOfMessageAndDetails) {
  const absl::Status status = Internal("password of anna is 123");
  EXPECT_EQ(absl::StatusCode::kInternal, status.code());
  EXPECT_EQ("password of anna is 123", PrivateTextOf(status));
  EXPECT_EQ(std::string::npos, std::string(status.message()).find("anna"));
  EXPECT_TRUE(DetailsOf(status)->metadata.empty());
  EXPECT_EQ("", PrivateTextOf(Closed()));
}

TEST(DetailsOf, IsNothingForForeignOrDamagedStatuses) {
  EXPECT_EQ("", ReasonOf(absl::OkStatus()));
  EXPECT_FALSE(DetailsOf(absl::AbortedError("x")).has_value());
  const std::string whole(*absl::Status(Closed()).GetPayload("crm.error/details"));
  for (size_t size = 0; size < whole.size(); ++size) {
    absl::Status cut(absl::StatusCode::kAborted, "x");
    cut.SetPayload("crm.error/details", absl::Cord(whole.substr(0, size)));
    EXPECT_FALSE(DetailsOf(cut).has_value()) << size;
  }
}

TEST(CommonErrors, HaveTheirCodesAndReasons) {
  const auto expect = [](const absl::Status& status, absl::StatusCode code, const char* reason) {
    EXPECT_EQ(code, status.code()) << reason;
    EXPECT_EQ(reason, ReasonOf(status));
  };
  expect(NotFound("leads/1"), absl::StatusCode::kNotFound, kResourceNotFound);
  expect(StaleEtag("leads/1"), absl::StatusCode::kAborted, kEtagMismatch);
  expect(FieldInvalid("a", "b"), absl::StatusCode::kInvalidArgument, kFieldInvalid);
  expect(StateInvalid("leads/1", "CLOSED", "No."), absl::StatusCode::kFailedPrecondition,
         kStateInvalid);
  expect(DeadlinePassed(), absl::StatusCode::kDeadlineExceeded, kDeadlinePassed);
}

TEST(Error, NamesItsFieldsBelowAParent) {
  const absl::Status status = Under(
      "contact", InvalidFields().With("a", "b").Violation("emails[0].address", "is required"));
  const auto details = DetailsOf(status);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ("contact.emails[0].address", details->fields.at(0).field);
  EXPECT_EQ("is required", details->fields.at(0).description);
  EXPECT_EQ(1u, details->metadata.size());
  EXPECT_EQ(kFieldInvalid, details->reason);
  EXPECT_EQ(Closed(), Under("contact", Closed()));
  EXPECT_TRUE(Under("contact", absl::OkStatus()).ok());
}

}  // namespace
}  // namespace crm::error
