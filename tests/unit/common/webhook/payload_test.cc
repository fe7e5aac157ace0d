// What receivers get, and how they check it.

#include "common/webhook/payload.h"

#include <gtest/gtest.h>

#include <set>

#include "common/webhook/signature.h"

namespace crm::webhook {
namespace {

const base::Uuid kHook = base::Uuid::Parse("018f0000-0000-7000-8000-00000000000a").value();
const base::Uuid kEvent = base::Uuid::Parse("018f0000-0000-7000-8000-00000000000e").value();
const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

// By `printf '1790000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_0123…`.
TEST(Signatures, AreThoseOfStripesScheme) {
  const std::string secret = "whsec_0123456789abcdef0123456789abcdef";
  EXPECT_EQ(Signature({secret}, kNow + absl::Milliseconds(900), "{\"a\":1}"),
            "t=1790000000,v1="
            "6657d07ad86e5d906980e88a34b4b818137e239b9c8be8b0301913ce3acffff1");
  const std::string both = Signature({"whsec_other" + secret, secret}, kNow, "{\"a\":1}");
  EXPECT_EQ(both.substr(both.size() - 64), Signature({secret}, kNow, "{\"a\":1}").substr(16));
  EXPECT_EQ(both.size(), 12 + 2 * (4 + 64u)) << both;
}

TEST(Secrets, AreLongAndNeverTheSame) {
  std::set<std::string> made;
  for (int i = 0; i < 1000; ++i) {
    const std::string secret = NewSecret();
    EXPECT_TRUE(IsSecret(secret)) << secret;
    EXPECT_TRUE(made.insert(secret).second);
  }
  for (const std::string text :
       {"", "whsec_", "whsec_0123456789", "0123456789abcdef0123456789abcdef",
        "whsec_0123456789abcdef0123456789abcde\n", "whsec_0123456789 abcdef0123456789abcdef"}) {
    EXPECT_FALSE(IsSecret(text)) << text;
  }
  EXPECT_TRUE(IsSecret("whsec_" + std::string(128, 'a')));
  EXPECT_FALSE(IsSecret("whsec_" + std::string(129, 'a')));
}

// A contract: attributes may be added, none changes its meaning or goes.
TEST(Body, IsACloudEvent) {
  crm::event::v1::StageEvent event;
  event.set_sequence(17);
  event.set_epoch(2);
  *event.mutable_change() = TestEvent("lead", "acme", kHook, kEvent, kNow);
  EXPECT_EQ(
      BodyOf(event, 3),
      "{\"specversion\":\"1.0\",\"id\":\"018f0000-0000-7000-8000-00000000000e\","
      "\"source\":\"/crm/lead\",\"type\":\"crm.lead.webhook.tested.v1\","
      "\"subject\":\"webhooks/018f0000-0000-7000-8000-00000000000a\","
      "\"time\":\"2026-09-21T14:13:20Z\",\"tenant\":\"acme\",\"seq\":\"17\","
      "\"epoch\":\"2\",\"partition\":\"3\",\"datacontenttype\":\"application/json\",\"data\":{"
      "\"eventId\":\"018f0000-0000-7000-8000-00000000000e\","
      "\"type\":\"crm.lead.webhook.tested.v1\",\"source\":\"/crm/lead\","
      "\"subject\":\"webhooks/018f0000-0000-7000-8000-00000000000a\",\"tenant\":\"acme\","
      "\"effectiveTime\":\"2026-09-21T14:13:20Z\","
      "\"recordedTime\":\"2026-09-21T14:13:20Z\",\"actor\":\"webhooks\","
      "\"correlationId\":\"webhooks/018f0000-0000-7000-8000-00000000000a\","
      "\"kind\":\"TESTED\"}}");
}

TEST(Headers, SayWhatItIsAndHowOftenItWasTried) {
  const auto change = DisabledNotice("lead", "acme", kHook, kEvent, "FAILING", kNow);
  EXPECT_EQ(change.kind(), "DISABLED");
  EXPECT_EQ(change.reason(), "FAILING");
  const auto headers = HeadersOf(change, "{}", kHook, {"whsec_a"}, kNow, 3);
  const std::set<std::string> all(headers.begin(), headers.end());
  for (const char* line :
       {"Content-Type: application/cloudevents+json; charset=utf-8",
        "Crm-Event-Id: 018f0000-0000-7000-8000-00000000000e",
        "Crm-Event-Type: crm.lead.webhook.disabled.v1",
        "Crm-Webhook: webhooks/018f0000-0000-7000-8000-00000000000a", "Crm-Attempt: 3"}) {
    EXPECT_TRUE(all.contains(line)) << line;
  }
  EXPECT_TRUE(all.contains("Crm-Signature: " + Signature({"whsec_a"}, kNow, "{}")));
}

}  // namespace
}  // namespace crm::webhook
