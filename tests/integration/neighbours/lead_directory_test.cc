// What leads have become, asked over a real channel.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "common/error/error.h"
#include "common/neighbours/grpc_lead_directory.h"
#include "tests/support/lead_book.h"
#include "tests/support/silent_server.h"

namespace crm::neighbours {
namespace {

base::Uuid UuidOf(uint64_t n) { return base::Uuid(0x7000, n); }
std::string LeadOf(uint64_t n) { return "leads/" + UuidOf(n).ToString(); }
std::string SaleOf(uint64_t n) { return "opportunities/" + UuidOf(n).ToString(); }

std::vector<std::string> Reasons(const std::string& address, const std::vector<LeadClaim>& claims) {
  GrpcLeadDirectory directory(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()),
                              "crm-opportunity");
  std::vector<absl::Status> findings(claims.size(), absl::UnknownError("not set"));
  directory.Check(claims, absl::MakeSpan(findings), absl::Now() + absl::Seconds(20));
  std::vector<std::string> reasons;
  for (const absl::Status& finding : findings) {
    reasons.push_back(finding.ok() ? "OK" : error::ReasonOf(finding));
  }
  return reasons;
}

TEST(LeadDirectoryTest, ALeadIsThereForWhatItHasBecomeAndForNothingElse) {
  crm::testing::LeadBook book;
  book.SetMissing(LeadOf(2));
  book.SetDeleted(LeadOf(3));
  book.SetBecome(LeadOf(4), SaleOf(40));
  const base::Uuid none;
  EXPECT_THAT(Reasons(book.address(), {{"acme", UuidOf(1), UuidOf(10)},
                                       {"acme", UuidOf(1), none},
                                       {"acme", UuidOf(2), UuidOf(20)},
                                       {"acme", UuidOf(3), UuidOf(30)},
                                       {"acme", UuidOf(4), UuidOf(40)},
                                       {"acme", UuidOf(4), UuidOf(41)},
                                       {"other", UuidOf(4), none}}),
              ::testing::ElementsAre("OK", "OK", error::kResourceNotFound, error::kResourceNotFound,
                                     "OK", error::kDuplicateId, error::kDuplicateId));
}

TEST(LeadDirectoryTest, AServiceThatIsGoneOrSilentIsUnavailableNotUnknowing) {
  crm::testing::LeadBook book;
  book.Shutdown();
  EXPECT_THAT(Reasons(book.address(), {{"acme", UuidOf(1), UuidOf(10)}}),
              ::testing::ElementsAre(error::kNeighbourUnavailable));
  const crm::testing::SilentServer silent;
  EXPECT_THAT(
      Reasons("127.0.0.1:" + std::to_string(silent.port()), {{"acme", UuidOf(1), UuidOf(10)}}),
      ::testing::ElementsAre(error::kNeighbourUnavailable));
}

}  // namespace
}  // namespace crm::neighbours
