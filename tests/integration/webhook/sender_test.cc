// What becomes of a POST, with receivers of every kind.

#include "common/webhook/sender.h"

#include <gtest/gtest.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "tests/support/await.h"
#include "tests/support/server_folder.h"
#include "tests/support/silent_server.h"
#include "tests/support/webhook_receiver.h"

namespace crm::webhook {
namespace {

using Reply = crm::testing::WebhookReceiver::Reply;

class SenderTest : public ::testing::Test {
 protected:
  SenderTest() {
    options_.policy.allow_http = true;
    options_.policy.addresses.networks = {Network::Parse("127.0.0.0/8").value()};
    options_.timeout = absl::Milliseconds(400);
    options_.connect_timeout = absl::Milliseconds(200);
    options_.answer_limit = 10'000;
  }

  Posted Post(const std::string& url, const std::string& body = "{}") {
    absl::Mutex mutex;
    std::optional<Posted> result;
    Sender sender(options_, [&](const Posted& posted) {
      absl::MutexLock lock(&mutex);
      result = posted;
    });
    sender.Post({7, url, {"Content-Type: application/json"}, body});
    EXPECT_TRUE(crm::testing::Await(absl::Seconds(20), [&] {
      absl::MutexLock lock(&mutex);
      return result.has_value();
    }));
    absl::MutexLock lock(&mutex);
    return result.value_or(Posted{.duration = {}});
  }
  // "REJECTED 302".
  std::string Outcome(const std::string& url) {
    const Posted posted = Post(url);
    EXPECT_LT(posted.duration, absl::Seconds(2));
    return absl::StrCat(base::NameOf(kResultNames, posted.result), " ", posted.http_status);
  }
  std::string OutcomeOf(const Reply& reply) {
    receiver_.Behave([reply](const auto&) { return reply; });
    return Outcome(receiver_.url());
  }

  SenderOptions options_;
  crm::testing::WebhookReceiver receiver_;
};

TEST_F(SenderTest, ABodyArrivesAsItIs) {
  const std::string body =
      "{\"name\": \"\xc3\xa4\", \"long\": \"" + std::string(200'000, 'x') + "\"}";
  EXPECT_EQ(Post(receiver_.url(), body).result, Result::kAccepted);
  ASSERT_EQ(receiver_.count(), 1u);
  EXPECT_EQ(receiver_.requests()[0].body, body);
  EXPECT_EQ(receiver_.requests()[0].Header("content-type"), "application/json");
}

TEST_F(SenderTest, EveryAnswerButTwoHundredsIsARejection) {
  EXPECT_EQ(OutcomeOf({.status = 200}), "ACCEPTED 200");
  EXPECT_EQ(OutcomeOf({.status = 299}), "ACCEPTED 299");
  EXPECT_EQ(OutcomeOf({.status = 400}), "REJECTED 400");
  EXPECT_EQ(OutcomeOf({.status = 410}), "REJECTED 410");
  EXPECT_EQ(OutcomeOf({.status = 503}), "REJECTED 503");
}

TEST_F(SenderTest, RedirectsAreNotFollowed) {
  crm::testing::WebhookReceiver other;
  EXPECT_EQ(OutcomeOf({.status = 307, .headers = absl::StrCat("Location: ", other.url(), "\r\n")}),
            "REJECTED 307");
  EXPECT_EQ(other.count(), 0u);
}

TEST_F(SenderTest, WhatIsLateSlowBrokenOrTooLongHasFailed) {
  EXPECT_EQ(OutcomeOf({.hangs = true}), "TIMED_OUT 0");
  EXPECT_EQ(OutcomeOf({.drips = true}), "TIMED_OUT 0");
  EXPECT_EQ(OutcomeOf({.closes = true}), "BROKEN_OFF 0");
  EXPECT_EQ(OutcomeOf({.raw = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"}),
            "BROKEN_OFF 200");
  EXPECT_EQ(OutcomeOf({.raw = "SSH-2.0-OpenSSH_9.2\r\n"}), "ANSWER_UNUSABLE 0");
  EXPECT_EQ(OutcomeOf({.body = 20'000}), "ANSWER_UNUSABLE 200");
  EXPECT_EQ(OutcomeOf({.headers = absl::StrCat("X: ", std::string(20'000, 'x'), "\r\n")}),
            "ANSWER_UNUSABLE 200");
}

TEST_F(SenderTest, AReceiverSaysWhenToComeAgain) {
  receiver_.Behave(
      [](const auto&) { return Reply{.status = 503, .headers = "Retry-After: 120\r\n"}; });
  EXPECT_EQ(Post(receiver_.url()).retry_after, absl::Minutes(2));
  receiver_.Behave(
      [](const auto&) { return Reply{.status = 503, .headers = "Retry-After: 999999\r\n"}; });
  EXPECT_EQ(Post(receiver_.url()).retry_after, absl::Hours(1)) << "but not for ever";
}

TEST_F(SenderTest, WhereNobodyIsNothingArrives) {
  EXPECT_EQ(Outcome(absl::StrCat("http://127.0.0.1:", crm::testing::FreePort(), "/")),
            "NOT_CONNECTED 0");
  EXPECT_EQ(Outcome("http://nobody.invalid/"), "HOST_UNKNOWN 0");
}

// Also where a name stands for such an address: it is looked at when there is a connection to make.
TEST_F(SenderTest, PrivateAddressesAreNotCalled) {
  options_.policy.addresses.networks.clear();
  EXPECT_EQ(Outcome(receiver_.url()), "ADDRESS_REFUSED 0");
  EXPECT_EQ(Outcome(absl::StrCat("http://localhost:", receiver_.port(), "/")), "ADDRESS_REFUSED 0");
  EXPECT_EQ(receiver_.count(), 0u);
}

TEST_F(SenderTest, PlainHttpOnlyWhereItIsAllowed) {
  options_.policy.allow_http = false;
  EXPECT_EQ(Post(receiver_.url()).result, Result::kAnswerUnusable);
  EXPECT_EQ(receiver_.count(), 0u);
}

TEST_F(SenderTest, WhoSpeaksNoTlsGetsNothing) {
  crm::testing::SilentServer silent;
  EXPECT_EQ(Outcome(absl::StrCat("https://127.0.0.1:", silent.port(), "/")), "TIMED_OUT 0");
}

// Many at once, on one thread.
TEST_F(SenderTest, ASlowOneHoldsUpNoOther) {
  receiver_.Behave([](const auto& request) { return Reply{.hangs = request.body == "slow"}; });
  options_.timeout = absl::Seconds(20);
  options_.connect_timeout = absl::Seconds(10);
  absl::Mutex mutex;
  int accepted = 0;
  Sender sender(options_, [&](const Posted& posted) {
    absl::MutexLock lock(&mutex);
    accepted += posted.result == Result::kAccepted ? 1 : 0;
  });
  for (uint64_t i = 0; i < 80; ++i) {
    sender.Post({i, receiver_.url(), {}, i % 4 == 0 ? "slow" : "quick"});
  }
  EXPECT_TRUE(crm::testing::Await(absl::Seconds(10), [&] {
    absl::MutexLock lock(&mutex);
    return accepted == 60;
  })) << accepted;
}

}  // namespace
}  // namespace crm::webhook
