// The shipped programs send to the receiver of the documentation, over TLS, while they are killed,
// and when their log has got more partitions.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/cpp/request_id.h"
#include "crm/contact/v1/contact_writes.pb.h"
#include "tests/fault/fleet.h"
#include "tests/support/await.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

using ::testing::HasSubstr;

class WebhookE2eTest : public ::testing::Test {
 protected:
  WebhookE2eTest() {
    std::string pattern = "/tmp/crm-webhook-XXXXXX";
    if (mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
    const struct Outcome made = RunScript(absl::StrCat("deploy/local/certificates ", folder_,
                                                       "/good receiver && "
                                                       "deploy/local/certificates ",
                                                       folder_, "/other receiver"));
    EXPECT_EQ(made.code, 0) << made.output;
    fleet_.emplace(
        Stores{absl::StrCat("127.0.0.1:", postgres_.port()), postgres_.CreateDatabase(),
               redis_.Url()},
        FleetOptions{.drain_delay = absl::ZeroDuration(),
                     .flags = absl::StrCat("--webhooks --webhook-allow-networks 127.0.0.1/32 "
                                           "--webhook-first-retry 200ms --webhook-ca-file ",
                                           folder_, "/good/receiver/ca.crt"),
                     .services = {client::Service::kContact}});
  }
  ~WebhookE2eTest() override { std::filesystem::remove_all(folder_); }

  std::string CrmctlOutput(const std::string& arguments, int code = 0) {
    const struct Outcome outcome =
        RunScript(absl::StrCat(Quoted(BuildFolder()), "/bin/crmctl --contact-address ",
                               Quoted(fleet_->addresses().contact),
                               " --tenant acme -o json webhook ", arguments, " --service contact"));
    EXPECT_EQ(outcome.code, code) << arguments << ": " << outcome.output;
    return outcome.output;
  }
  nlohmann::json Crmctl(const std::string& arguments, int code = 0) {
    const auto parsed = nlohmann::json::parse(CrmctlOutput(arguments, code), nullptr, false);
    return parsed.is_array() && !parsed.empty() ? parsed[0] : nlohmann::json();
  }
  // The receiver with a certificate of `authority`; on `port` again, or a free one.
  void Receive(const std::string& authority, const std::string& secret) {
    receiver_.reset();
    receiver_.emplace(absl::StrCat(
        "CRM_WEBHOOK_SECRET=", secret,
        " exec /usr/bin/python3 -B clients/examples/webhook_receiver.py ", "--port ", port_,
        " --certificate ", folder_, "/", authority, "/receiver/tls.crt --key ", folder_, "/",
        authority, "/receiver/tls.key --file ", folder_, "/events.jsonl"));
    EXPECT_TRUE(Await(absl::Seconds(30), [&] {
      return absl::SimpleAtoi(receiver_->Output(), &port_) || !receiver_->Running();
    }));
    EXPECT_TRUE(receiver_->Running()) << receiver_->Output();
  }
  std::vector<nlohmann::json> Received() const {
    std::vector<nlohmann::json> events;
    std::ifstream file(folder_ + "/events.jsonl");
    for (std::string line; std::getline(file, line);) {
      const auto event = nlohmann::json::parse(line, nullptr, false);
      if (event.is_object()) events.push_back(event);
    }
    return events;
  }
  void CreateContacts(int count) {
    contact::v1::CreateContactRequest request;
    request.mutable_contact()->mutable_person();
    for (int i = 0; i < count; ++i) {
      request.mutable_contact()->set_display_name(absl::StrCat("Ada ", ++contacts_));
      request.clear_request_id();
      absl::Status status;
      EXPECT_TRUE(Await(absl::Seconds(30), [&] {
        status = Client().Call(request).status();
        return status.ok();
      })) << status;
    }
  }
  client::Client Client() {
    return client::Client::Connect(fleet_->addresses(), {.tenant = "acme", .actor = "mara"})
        .value();
  }
  // As an operator does it.
  void RaisePartitions() {
    for (Replica* const replica : fleet_->replicas()) {
      replica->Signal(SIGTERM);
      replica->Wait();
    }
    const struct Outcome raised = RunScript(absl::StrCat(
        Quoted(BuildFolder()), "/bin/crm-contact migrate --partitions 3 --database-url ",
        Quoted(fleet_->stores().Url("crm_contact_migrate"))));
    EXPECT_EQ(raised.code, 0) << raised.output;
    for (Replica* const replica : fleet_->replicas()) replica->Start();
  }
  bool AwaitReceived(size_t count) {
    return Await(absl::Seconds(60), [&] { return Received().size() >= count; });
  }

  std::string folder_;
  PostgresServer postgres_;
  RedisServer redis_;
  std::optional<Fleet> fleet_;
  std::optional<Command> receiver_;
  int port_ = 0;
  int contacts_ = 0;
};

TEST_F(WebhookE2eTest, EverythingArrivesAtTheReceiverOfTheDocumentationWhoeverIsKilled) {
  const std::string secret = "whsec_0123456789abcdef0123456789abcdef";
  Receive("good", secret);
  const nlohmann::json made = Crmctl(
      absl::StrCat("create --url https://localhost:", port_, "/crm --name ERP --secret ", secret));
  const std::string name = made["webhook"]["name"];
  EXPECT_EQ(made["secret"], secret);
  EXPECT_THAT(CrmctlOutput("list"), ::testing::Not(HasSubstr(secret)));

  EXPECT_EQ(Crmctl("test " + name)["lastResult"], "WEBHOOK_ATTEMPT_RESULT_ACCEPTED");
  ASSERT_TRUE(AwaitReceived(1));
  EXPECT_EQ(Received()[0]["type"], "crm.contact.webhook.tested.v1");

  // Each process in turn, and the receiver, in the midst of it.
  for (Replica* const replica : fleet_->replicas()) {
    CreateContacts(10);
    replica->Signal(SIGKILL);
    replica->Wait();
    CreateContacts(5);
    replica->Start();
    CreateContacts(10);
    Receive("good", secret);
  }
  CreateContacts(5);
  ASSERT_TRUE(AwaitReceived(1 + static_cast<size_t>(contacts_))) << Received().size();
  RaisePartitions();
  CreateContacts(20);
  ASSERT_TRUE(AwaitReceived(1 + static_cast<size_t>(contacts_))) << Received().size();
  for (const char* const partition : {"0", "1", "2"}) {
    EXPECT_THAT(CrmctlOutput(absl::StrCat("deliveries ", name,
                                          " --filter 'sequence > 0 AND partition = ", partition,
                                          "' --limit 1")),
                HasSubstr("contact.stage_changed.v1"));
  }
  std::set<std::string> ids, contacts;
  for (const nlohmann::json& event : Received()) {
    EXPECT_TRUE(ids.insert(event["id"]).second);
    if (event["type"] == "crm.contact.contact.stage_changed.v1") {
      EXPECT_TRUE(contacts.insert(event["subject"]).second);
      EXPECT_EQ(event["data"]["tenant"], "acme");
    }
  }
  EXPECT_EQ(contacts.size(), static_cast<size_t>(contacts_));

  // A receiver that anybody could be gets nothing; nor is anything taken that is wrongly signed.
  Receive("other", secret);
  const nlohmann::json impostor = Crmctl("test " + name, 1);
  EXPECT_EQ(impostor["lastResult"], "WEBHOOK_ATTEMPT_RESULT_TLS_FAILED");
  Receive("good", "whsec_" + std::string(40, 'z'));
  EXPECT_EQ(Crmctl("test " + name, 1)["httpStatus"], 401);

  EXPECT_EQ(Crmctl("disable " + name)["state"], "WEBHOOK_STATE_DISABLED");
  EXPECT_EQ(Crmctl("enable " + name + " --from-now")["state"], "WEBHOOK_STATE_ENABLED");
  EXPECT_THAT(CrmctlOutput("deliveries " + name + " --state DELIVERED --limit 5"),
              HasSubstr("contact.stage_changed.v1"));
  EXPECT_THAT(CrmctlOutput("delete " + name), HasSubstr("deleted"));
  EXPECT_THAT(CrmctlOutput("show " + name, 1), HasSubstr("RESOURCE_NOT_FOUND"));
  // Neither is in what the programs say.
  for (Replica* const replica : fleet_->replicas()) {
    EXPECT_THAT(replica->Output(), ::testing::Not(HasSubstr(secret)));
    EXPECT_THAT(replica->Output(), ::testing::Not(HasSubstr("/crm\"")));
  }
}

}  // namespace
}  // namespace crm::testing
