#include "common/rpc/message_text.h"

#include "tests/support/proto/probe.pb.h"

namespace crm::rpc {
namespace {

std::vector<std::string> Paths(const google::protobuf::Message& message) {
  std::vector<std::string> paths;
  for (const auto& violation : TextViolations(message)) paths.push_back(violation.field);
  return paths;
}

TEST(TextViolationsTest, EveryBadTextIsFoundByItsPath) {
  const std::string nul("a\0b", 3);
  probe::v1::EchoRequest request;
  probe::v1::Probe& probe = *request.mutable_probe();
  probe.set_name(nul);
  probe.add_emails()->set_address("fine");
  probe.add_emails()->set_label(nul);
  probe.add_tags("fine");
  probe.add_tags("\xff");
  (*probe.mutable_labels())["key"] = nul;
  probe.set_note(nul);
  EXPECT_THAT(Paths(request),
              ::testing::ElementsAre("probe.name", "probe.emails[1].label", "probe.labels[\"key\"]",
                                     "probe.tags[1]", "probe.note"));
}

TEST(TextViolationsTest, BytesAndNumbersMayHoldZeros) {
  probe::v1::Probe probe;
  probe.set_blob(std::string(4, '\0'));
  probe.mutable_effective_time()->set_seconds(256);
  probe.mutable_home();
  EXPECT_THAT(Paths(probe), ::testing::IsEmpty());
}

TEST(TextViolationsTest, OnlyMessagesWithZeroBytesAreSuspicious) {
  const auto suspicious = [](const probe::v1::Probe& probe) {
    const grpc::Slice slice(probe.SerializeAsString());
    probe::v1::Probe parsed;
    bool result = false;
    EXPECT_TRUE(ParseMessage(grpc::ByteBuffer(&slice, 1), &parsed, &result));
    return result;
  };
  probe::v1::Probe probe;
  EXPECT_FALSE(suspicious(probe));
  probe.set_name("probes/1");
  probe.set_size(1 << 20);
  EXPECT_FALSE(suspicious(probe));
  probe.set_owner(std::string("a\0", 2));
  EXPECT_TRUE(suspicious(probe));
}

TEST(TextViolationsTest, AMessageInPiecesIsParsedWhole) {
  probe::v1::Probe probe;
  probe.set_name(std::string(5000, 'n'));
  const std::string bytes = probe.SerializeAsString();
  const grpc::Slice slices[] = {grpc::Slice(bytes.substr(0, 100)), grpc::Slice(bytes.substr(100))};
  probe::v1::Probe parsed;
  bool suspicious = false;
  ASSERT_TRUE(ParseMessage(grpc::ByteBuffer(slices, 2), &parsed, &suspicious));
  EXPECT_EQ(parsed.name(), probe.name());
}

}  // namespace
}  // namespace crm::rpc
