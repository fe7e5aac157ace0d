// The directory over a real channel.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "common/error/error.h"
#include "common/neighbours/grpc_contact_directory.h"
#include "tests/support/contact_book.h"

namespace crm::neighbours {
namespace {

base::Uuid IdOf(uint64_t n) { return base::Uuid(0x7000, n); }
std::string NameOf(uint64_t n) { return "contacts/" + IdOf(n).ToString(); }

class ContactDirectoryTest : public ::testing::Test {
 protected:
  std::vector<absl::Status> Check(const std::vector<ContactKey>& keys) {
    std::vector<absl::Status> findings(keys.size(), absl::UnknownError("not set"));
    directory_.Check(keys, absl::MakeSpan(findings), absl::Now() + absl::Seconds(20));
    return findings;
  }

  crm::testing::ContactBook book_;
  GrpcContactDirectory directory_{book_.channel(), "crm-lead"};
};

TEST_F(ContactDirectoryTest, ContactsAreAskedForOncePerTenant) {
  const std::vector<absl::Status> findings =
      Check({{"acme", IdOf(1)}, {"acme", IdOf(2)}, {"acme", IdOf(1)}, {"other", IdOf(1)}});
  for (const absl::Status& finding : findings) EXPECT_EQ(finding, absl::OkStatus());
  EXPECT_EQ(book_.calls(), 2);
  EXPECT_EQ(book_.asked(), 3);
  EXPECT_EQ(book_.tenants(), (std::set<std::string>{"acme", "other"}));
  EXPECT_EQ(book_.actors(), std::set<std::string>{"crm-lead"});
}

TEST_F(ContactDirectoryTest, WhoIsMissingOrDeletedIsNotFound) {
  book_.SetMissing(NameOf(2));
  book_.SetDeleted(NameOf(3));
  const std::vector<absl::Status> findings =
      Check({{"acme", IdOf(1)}, {"acme", IdOf(2)}, {"acme", IdOf(3)}});
  EXPECT_EQ(findings[0], absl::OkStatus());
  EXPECT_EQ(findings[1].code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(findings[2].code(), absl::StatusCode::kNotFound);
}

TEST_F(ContactDirectoryTest, AServiceThatIsGoneIsUnavailableNotUnknowing) {
  book_.Shutdown();
  EXPECT_EQ(error::ReasonOf(Check({{"acme", IdOf(1)}})[0]), error::kNeighbourUnavailable);
}

}  // namespace
}  // namespace crm::neighbours
