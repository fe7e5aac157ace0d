#include "common/rpc/request_hash.h"

#include "tests/support/proto/probe.pb.h"

namespace crm::rpc {
namespace {

TEST(RequestHashTest, TheSameRequestHasTheSameHash) {
  probe::v1::Probe one;
  probe::v1::Probe two;
  for (int i = 0; i < 50; ++i) {
    (*one.mutable_labels())[std::to_string(i)] = "x";
    (*two.mutable_labels())[std::to_string(49 - i)] = "x";
  }
  EXPECT_EQ(RequestHash("S/M", one), RequestHash("S/M", two));
  EXPECT_EQ(RequestHash("S/M", one).size(), 16u);
}

TEST(RequestHashTest, AnotherRequestOrMethodHasAnother) {
  probe::v1::Probe one;
  one.set_name("a");
  probe::v1::Probe two;
  two.set_owner("a");
  EXPECT_NE(RequestHash("S/M", one), RequestHash("S/M", two));
  EXPECT_NE(RequestHash("S/M", one), RequestHash("S/N", one));
}

}  // namespace
}  // namespace crm::rpc
