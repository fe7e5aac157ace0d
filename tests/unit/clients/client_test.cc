#include "clients/cpp/client.h"

#include <gtest/gtest.h>

#include "clients/cpp/error_text.h"
#include "common/error/error.h"
#include "common/rpc/status_bridge.h"
#include "tests/unit/clients/fake_services.h"

namespace crm::client {
namespace {

contact::v1::CreateContactRequest NewContact() {
  contact::v1::CreateContactRequest request;
  request.mutable_contact()->set_display_name("Acme");
  request.set_contact_id("018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e");
  return request;
}

TEST(ClientTest, SendsTenantAndActorAndReturnsTheResponse) {
  FakeServices fake;
  const auto client = Client::Connect(fake.addresses(), {.tenant = "acme", .actor = "ann"});
  const auto made = client->Call(NewContact());
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->contact().display_name(), "Acme");
  EXPECT_EQ(fake.tenant, "acme");
  EXPECT_EQ(fake.actor, "ann");
}

TEST(ClientTest, AWriteWithoutARequestIdGetsOne) {
  FakeServices fake;
  const auto client = Client::Connect(fake.addresses(), {});
  ASSERT_TRUE(client->Call(NewContact()).ok());
  ASSERT_EQ(fake.requests.size(), 1u);
  EXPECT_TRUE(base::Uuid::Parse(fake.requests.begin()->first));
}

TEST(ClientTest, AnUnavailableServiceIsTriedAgainUnderTheSameRequestId) {
  FakeServices fake;
  int failures = 2;
  fake.after = [&](const std::string&) {
    return failures-- > 0 ? Refusal(grpc::StatusCode::UNAVAILABLE, "COMMIT_IN_DOUBT")
                          : grpc::Status::OK;
  };
  const auto client = Client::Connect(fake.addresses(), {});
  const auto made = client->Call(NewContact());
  EXPECT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(fake.counts["CreateContact"], 3);
  EXPECT_EQ(fake.writes, 1);
}

TEST(ClientTest, ErrorsKeepReasonAndViolations) {
  FakeServices fake;
  fake.before = [](const std::string&, const std::string&) {
    return rpc::ToPublicStatus(error::FieldInvalid("contact.owner", "is too long"), "crm.test.v1")
        .status;
  };
  const auto client = Client::Connect(fake.addresses(), {});
  const auto made = client->Call(NewContact());
  EXPECT_EQ(made.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(error::ReasonOf(made.status()), "FIELD_INVALID");
  EXPECT_NE(OneLine(made.status()).find("[contact.owner: is too long]"), std::string::npos);
  EXPECT_NE(ManyLines(made.status()).find("\n  - contact.owner: is too long"), std::string::npos);
}

TEST(ClientTest, AServiceWithoutAnAddressIsNamed) {
  const auto client = Client::Connect({}, {});
  const auto lead = client->Call(lead::v1::GetLeadRequest());
  EXPECT_EQ(lead.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(lead.status().message().find("lead service"), absl::string_view::npos);
}

TEST(ClientTest, AMalformedCallerIsRefusedWithAllThatIsWrong) {
  const auto client = Client::Connect({}, {.tenant = "", .actor = "a b"});
  const auto details = error::DetailsOf(client.status());
  ASSERT_TRUE(details);
  ASSERT_EQ(details->fields.size(), 2u);
  EXPECT_EQ(details->fields[0].field, "tenant");
  EXPECT_EQ(details->fields[1].field, "actor");
}

}  // namespace
}  // namespace crm::client
