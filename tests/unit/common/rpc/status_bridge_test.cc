#include "common/rpc/status_bridge.h"

#include "common/error/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace crm::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kDomain[] = "crm.probe.v1";

TEST(StatusBridgeTest, DetailsSurviveThereAndBack) {
  const absl::Status error =
      error::Error(absl::StatusCode::kFailedPrecondition, error::kGatesUnmet, "Gates are unmet.")
          .With("gates", "two_way_activity")
          .Precondition("GATE", "two_way_activity", "Log a reply.")
          .Violation("lead", "is not ready")
          .RetryAfter(absl::Milliseconds(1500));
  const grpc::Status wire = ToGrpcStatus(error, kDomain);
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(wire.error_message(), "Gates are unmet.");

  const absl::Status back = FromGrpcStatus(wire);
  EXPECT_EQ(back.code(), error.code());
  EXPECT_EQ(back.message(), error.message());
  const auto details = error::DetailsOf(back);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, "GATES_UNMET");
  EXPECT_EQ(details->fields, error::DetailsOf(error)->fields);
  EXPECT_EQ(details->preconditions, error::DetailsOf(error)->preconditions);
  EXPECT_EQ(details->retry_after, absl::Milliseconds(1500));
}

TEST(StatusBridgeTest, TheWireFormIsTheOneEveryClientKnows) {
  google::rpc::Status status;
  ASSERT_TRUE(
      status.ParseFromString(ToGrpcStatus(error::NotFound("leads/1"), kDomain).error_details()));
  EXPECT_EQ(status.code(), 5);
  ASSERT_EQ(status.details_size(), 1);
  EXPECT_EQ(status.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(status.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(info.domain(), kDomain);
}

TEST(StatusBridgeTest, OkStaysOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus(), kDomain).ok());
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
}

TEST(StatusBridgeTest, InternalsAreWithheldUnderAnErrorId) {
  for (const absl::Status& secret : {absl::Status(error::Internal("relation lead.leads on db1")),
                                     absl::InternalError("relation lead.leads on db1"),
                                     absl::UnknownError("relation lead.leads on db1"),
                                     absl::DataLossError("relation lead.leads on db1")}) {
    const PublicStatus answer = ToPublicStatus(secret, kDomain);
    EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::INTERNAL);
    EXPECT_THAT(answer.status.error_message(), Not(HasSubstr("lead.leads")));
    EXPECT_THAT(answer.status.error_details(), Not(HasSubstr("lead.leads")));
    EXPECT_THAT(answer.private_text, HasSubstr("relation lead.leads on db1"));
    const auto details = error::DetailsOf(FromGrpcStatus(answer.status));
    ASSERT_TRUE(details.has_value());
    EXPECT_EQ(details->reason, "INTERNAL_ERROR");
    EXPECT_THAT(details->metadata, ElementsAre(::testing::Pair("errorId", answer.error_id)));
  }
}

TEST(StatusBridgeTest, ADamagedRowIsNamedAndWhatIsWrongWithItIsNotSent) {
  const PublicStatus answer = ToPublicStatus(
      error::DataDamaged("leads/7").Private("column 6 of leads/7 cannot be read"), kDomain);
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::DATA_LOSS);
  EXPECT_EQ(answer.private_text, "column 6 of leads/7 cannot be read");
  const auto details = error::DetailsOf(FromGrpcStatus(answer.status));
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, "DATA_DAMAGED");
  EXPECT_THAT(details->metadata, ElementsAre(::testing::Pair("resource", "leads/7")));
}

TEST(StatusBridgeTest, AStatusWithoutDetailsKeepsItsCodeButNotItsText) {
  const PublicStatus answer = ToPublicStatus(absl::NotFoundError("row 5 of leads"), kDomain);
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(answer.status.error_message(), Not(HasSubstr("row 5")));
  EXPECT_FALSE(answer.error_id.empty());
}

TEST(StatusBridgeTest, PrivateTextIsNeverSent) {
  const absl::Status error =
      error::Error(absl::StatusCode::kUnavailable, error::kDatabaseUnavailable, "Try again.")
          .Private("host db1");
  const PublicStatus answer = ToPublicStatus(error, kDomain);
  EXPECT_THAT(answer.status.error_details(), Not(HasSubstr("db1")));
  EXPECT_EQ(answer.private_text, "host db1");
}

TEST(StatusBridgeTest, DetailsAreCutSoThatTheyFitIntoTrailers) {
  error::Error error = error::InvalidFields();
  for (int i = 0; i < 1000; ++i) {
    error.Violation(absl::StrCat("leads[", i, "].contact"), "must be a UUID");
  }
  const grpc::Status wire = ToGrpcStatus(error, kDomain);
  EXPECT_LE(wire.error_details().size(), 4096u);
  const auto details = error::DetailsOf(FromGrpcStatus(wire));
  ASSERT_TRUE(details.has_value());
  EXPECT_GT(details->fields.size(), 10u);
  EXPECT_THAT(details->metadata, ::testing::Contains(::testing::Pair("violationsCut", "true")));
}

TEST(StatusBridgeTest, AForeignStatusKeepsCodeAndText) {
  const absl::Status status =
      FromGrpcStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, "connection refused"));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status.message(), "connection refused");
  EXPECT_FALSE(error::DetailsOf(status).has_value());
  const grpc::Status damaged(grpc::StatusCode::ABORTED, "x", "not a message");
  EXPECT_FALSE(error::DetailsOf(FromGrpcStatus(damaged)).has_value());
}

TEST(StatusBridgeTest, CodesHaveTheirWellKnownNames) {
  EXPECT_EQ(CodeName(grpc::StatusCode::OK), "OK");
  EXPECT_EQ(CodeName(grpc::StatusCode::UNAUTHENTICATED), "UNAUTHENTICATED");
}

}  // namespace
}  // namespace crm::rpc
