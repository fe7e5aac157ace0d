#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/trace/span.h"
#include "tests/integration/pg/fixture.h"
#include "tests/support/fake_recorder.h"

namespace crm::pg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Summaries(const trace::FakeRecorder& recorder) {
  std::vector<std::string> summaries;
  for (const trace::RecordedSpan& span : recorder.Named("postgresql")) {
    summaries.push_back(span.attributes.at("db.query.summary"));
  }
  return summaries;
}

TEST_F(PgTest, EachRoundTripBelowASpanHasOneThatNamesItsStatements) {
  trace::FakeRecorder recorder;
  const trace::Span batch = trace::Begin("batch", {});
  const trace::Active active(batch);
  for (int id : {1, 2}) {
    ASSERT_TRUE(RunInTransaction(*pool_, Tenants::None(), Soon(), [&](Transaction& transaction) {
                  EXPECT_TRUE(transaction.Query(kLock, MakeParams(id)).ok());
                  return transaction.Defer(kInsert, MakeParams(id, "x"));
                }).ok());
  }
  const std::string insert = kInsert.name, lock = kLock.name;
  EXPECT_THAT(Summaries(recorder), ElementsAre(lock, insert + " COMMIT", lock, insert + " COMMIT"));
  for (const trace::RecordedSpan& span : recorder.spans()) {
    EXPECT_EQ(batch.traceparent(), span.parent);
    EXPECT_EQ(trace::Kind::kClient, span.kind);
  }
}

TEST_F(PgTest, ARefusedStatementMarksItsSpan) {
  trace::FakeRecorder recorder;
  const trace::Span batch = trace::Begin("batch", {});
  const trace::Active active(batch);
  const auto insert = [](Transaction& transaction) {
    return transaction.Query(kInsert, MakeParams(1, "x")).status();
  };
  ASSERT_TRUE(RunInTransaction(*pool_, Tenants::None(), Soon(), insert).ok());
  ASSERT_FALSE(RunInTransaction(*pool_, Tenants::None(), Soon(), insert, 1).ok());
  EXPECT_THAT(recorder.spans().front().failure, IsEmpty());
  EXPECT_EQ("INTERNAL", recorder.Named("postgresql").at(2).failure);
}

TEST_F(PgTest, StatementsThatWereGivenUpAreNotNamed) {
  trace::FakeRecorder recorder;
  const trace::Span batch = trace::Begin("batch", {});
  const trace::Active active(batch);
  const absl::Status given_up = RunInTransaction(
      *pool_, Tenants::None(), Soon(), [](Transaction& transaction) -> absl::Status {
        EXPECT_TRUE(transaction.Defer(kInsert, MakeParams(1, "x")).ok());
        return absl::CancelledError("thought better of it");
      });
  EXPECT_TRUE(absl::IsCancelled(given_up));
  ASSERT_TRUE(RunInTransaction(*pool_, Tenants::None(), Soon(), [](Transaction& transaction) {
                return transaction.Query(kLock, MakeParams(1)).status();
              }).ok());
  EXPECT_THAT(Summaries(recorder), ElementsAre(kLock.name, "COMMIT"));
}

TEST_F(PgTest, WithoutASpanAboveNothingIsRecorded) {
  trace::FakeRecorder recorder;
  EXPECT_EQ(0, Count());
  EXPECT_THAT(recorder.spans(), IsEmpty());
}

}  // namespace
}  // namespace crm::pg
