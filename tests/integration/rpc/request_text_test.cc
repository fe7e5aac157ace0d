#include "tests/integration/rpc/probe_server.h"

namespace crm::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

// Sends bytes that no generated client would send.
absl::Status SendRaw(ProbeServer& server, const std::string& bytes) {
  grpc::GenericStub stub(server.channel());
  grpc::ClientContext context;
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, "/crm.probe.v1.ProbeService/Echo", {}, &request, &response,
                 [&](grpc::Status status) { done.set_value(std::move(status)); });
  return FromGrpcStatus(done.get_future().get());
}

std::vector<error::FieldViolation> Refused(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  const auto details = error::DetailsOf(status);
  if (!details) return {};
  EXPECT_EQ(details->reason, "FIELD_INVALID");
  return details->fields;
}

// Field `number` of a message with `bytes` as its value.
std::string Tagged(int number, const std::string& bytes) {
  std::string out(1, static_cast<char>(number << 3 | 2));
  out.push_back(static_cast<char>(bytes.size()));
  return out + bytes;
}

TEST(RequestTextTest, TextThatIsNotUtf8IsNamedByItsPath) {
  ProbeServer server;
  const std::string bad = "\xc3\x28";
  EXPECT_THAT(Refused(SendRaw(server, Tagged(1, Tagged(2, bad)))),
              ElementsAre(error::FieldViolation{"probe.owner", "must be valid UTF-8"}));
  EXPECT_THAT(
      Refused(SendRaw(server, Tagged(1, Tagged(3, Tagged(1, "fine")) + Tagged(3, Tagged(1, bad))))),
      ElementsAre(Field(&error::FieldViolation::field, "probe.emails[1].address")));
  EXPECT_THAT(Refused(SendRaw(server, Tagged(1, Tagged(6, "fine") + Tagged(6, bad)))),
              ElementsAre(Field(&error::FieldViolation::field, "probe.tags[1]")));
  EXPECT_EQ(
      Refused(SendRaw(server, Tagged(1, Tagged(4, Tagged(1, "key") + Tagged(2, bad))))).size(), 1u);
}

TEST(RequestTextTest, TextWithANulByteIsNamedByItsPath) {
  ProbeServer server;
  v1::EchoRequest request;
  request.mutable_probe()->add_emails()->set_address(std::string("a\0b", 3));
  request.mutable_probe()->set_owner(std::string(1, '\0'));
  EXPECT_THAT(
      Refused(server.Echo(request)),
      ElementsAre(error::FieldViolation{"probe.owner", "must not contain a NUL byte"},
                  error::FieldViolation{"probe.emails[0].address", "must not contain a NUL byte"}));
}

TEST(RequestTextTest, ZeroBytesElsewhereAreFine) {
  ProbeServer server;
  v1::EchoRequest request;
  request.mutable_probe()->set_blob(std::string(8, '\0'));
  request.mutable_probe()->mutable_home();
  v1::Probe response;
  EXPECT_TRUE(server.Echo(request, &response).ok());
  EXPECT_EQ(response.blob(), request.probe().blob());
}

TEST(RequestTextTest, BytesThatAreNoMessageAreRefused) {
  ProbeServer server;
  EXPECT_EQ(Refused(SendRaw(server, "\x0a\xff")).size(), 1u);
  EXPECT_EQ(Refused(SendRaw(server, "garbage")).size(), 1u);
}

TEST(RequestTextTest, LargeRequestsPassUpToOneMebibyte) {
  ProbeServer server;
  v1::EchoRequest request;
  request.mutable_probe()->set_owner(std::string(1'000'000, 'x'));
  v1::Probe response;
  EXPECT_TRUE(server.Echo(request, &response).ok());
  EXPECT_EQ(response.owner().size(), 1'000'000u);
  request.mutable_probe()->set_owner(std::string(1 << 20, 'x'));
  EXPECT_EQ(server.Echo(request).code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace crm::rpc
