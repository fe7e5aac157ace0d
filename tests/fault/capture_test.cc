// Captures while replicas of the lead and of the contact service are killed: however often the same
// people write, and whatever dies between a contact and its lead, there is one contact and one lead
// for each, and each message is recorded once.

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/fault/fleet.h"
#include "tests/support/await.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"
#include "tests/support/service_fixture.h"

namespace crm::testing {
namespace {

using client::Service;

constexpr int kWriters = 12;
constexpr int kPeople = 6;
constexpr int kAtLeast = 12;  // messages before and after each death

class CaptureFaultTest : public ::testing::Test {
 protected:
  CaptureFaultTest()
      : fleet_(
            {absl::StrCat("127.0.0.1:", PostgresServer::Shared().port()), database_,
             RedisServer::Shared().Url()},
            {.drain_delay = absl::ZeroDuration(), .services = {Service::kContact, Service::kLead}}),
        client_(fleet_.Client()) {
    for (int i = 0; i < kWriters; ++i) writers_.emplace_back([this, i] { Write(i % kPeople); });
  }
  ~CaptureFaultTest() override { Stop(); }

  // One person writes again and again, and sends a message until it has arrived.
  void Write(int person) {
    while (!stopping_) {
      lead::v1::CaptureLeadRequest request;
      request.mutable_contact()->set_display_name("Ada Lovelace");
      request.mutable_contact()->set_email(absl::StrCat("ada", person, "@acme.example"));
      request.set_interest("Presses");
      request.set_note("Please call me.");
      request.set_request_id(NewUuid());
      EXPECT_TRUE(Await(absl::Minutes(1), [&] {
        const bool arrived = client_.Call(request).ok();
        failures_ += arrived ? 0 : 1;
        return arrived;
      }));
      ++arrived_;
    }
  }
  void Stop() {
    stopping_ = true;
    for (std::thread& writer : writers_) {
      if (writer.joinable()) writer.join();
    }
  }
  void AwaitMore() {
    const int before = arrived_;
    EXPECT_TRUE(Await(absl::Minutes(1), [&] { return arrived_ >= before + kAtLeast; }));
  }
  std::string Sql(const std::string& sql) { return PostgresServer::Shared().Run(database_, sql); }

  const std::string database_ = PostgresServer::Shared().CreateDatabase();
  Fleet fleet_;
  client::Client client_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> arrived_{0};
  std::atomic<int> failures_{0};
  std::vector<std::thread> writers_;
};

TEST_F(CaptureFaultTest, OneContactAndOneLeadForEachWhoWrites) {
  for (int round = 0; round < 2; ++round) {
    for (const Service service : {Service::kLead, Service::kContact}) {
      Replica& victim = *fleet_.Of(service)[round];
      AwaitMore();
      victim.Signal(SIGKILL);
      victim.Wait();
      AwaitMore();
      victim.Start();
      EXPECT_TRUE(Await(absl::Minutes(1), [&] { return victim.Listens(); }));
    }
  }
  AwaitMore();
  Stop();
  RecordProperty("failures", failures_.load());
  EXPECT_EQ(Sql("SELECT count(*) FROM crm_contact.contact"), absl::StrCat(kPeople));
  EXPECT_EQ(Sql("SELECT count(*), count(DISTINCT contact) FROM crm_lead.lead"),
            absl::StrCat(kPeople, "|", kPeople));
  EXPECT_EQ(Sql("SELECT count(*) FROM crm_lead.activity"), absl::StrCat(arrived_.load()));
}

}  // namespace
}  // namespace crm::testing
