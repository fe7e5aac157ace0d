// Where the sending of a webhook stands, from where it is sent again, and what was sent.

#include "tests/integration/serving/webhook_fixture.h"

namespace crm::serving {
namespace {

using Stub = WebhookStub;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(WebhookServiceTest, AReplayBeginsInTheLog) {
  const std::string name = Create().webhook().name();
  event::v1::ReplayWebhookRequest request;
  request.set_name(name);
  EXPECT_THAT(testing::Fields(Call(&Stub::ReplayWebhook, request)), ElementsAre("start"));
  request.set_after_sequence(1'000'000'000);
  EXPECT_THAT(testing::Fields(Call(&Stub::ReplayWebhook, request)), ElementsAre("partition"))
      << "whose sequences are they?";
  for (const int partition : {-1, 3}) {
    request.set_partition(partition);
    EXPECT_THAT(testing::Fields(Call(&Stub::ReplayWebhook, request)), ElementsAre("partition"));
  }
  request.set_partition(2);
  EXPECT_THAT(testing::Fields(Call(&Stub::ReplayWebhook, request)), ElementsAre("after_sequence"));
  request.set_after_sequence(-1);
  EXPECT_THAT(testing::Fields(Call(&Stub::ReplayWebhook, request)), ElementsAre("after_sequence"));
  request.set_after_sequence(0);
  EXPECT_EQ(Call(&Stub::ReplayWebhook, request)->webhook().position(), 0);
  request.clear_partition();
  request.mutable_start_time()->set_seconds(0);
  EXPECT_EQ(Call(&Stub::ReplayWebhook, request)->webhook().position(), 0);
}

TEST_F(WebhookServiceTest, BeginsAtTheEndOfEachPartition) {
  Sql("UPDATE event_stream SET last_seq = 7 * stream");
  const std::string name = Create().webhook().name();
  const auto positions = [&] {
    const event::v1::Webhook webhook = Get(name).value_or(event::v1::Webhook());
    std::vector<int64_t> all;
    for (const auto& each : webhook.partitions()) all.push_back(each.position());
    return all;
  };
  EXPECT_THAT(positions(), ElementsAre(0, 7, 14));
  event::v1::ReplayWebhookRequest request;
  request.set_name(name);
  request.set_after_sequence(5);
  request.set_partition(2);
  const auto replayed = Call(&Stub::ReplayWebhook, request);
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_THAT(positions(), ElementsAre(0, 7, 5));
  EXPECT_EQ(replayed->webhook().partitions(2).last_sequence(), 14);
  event::v1::EnableWebhookRequest enable;
  enable.set_name(name);
  ASSERT_TRUE(Call(&Stub::EnableWebhook, enable).ok());
  EXPECT_THAT(positions(), ElementsAre(0, 7, 5));
  enable.set_from_now(true);
  ASSERT_TRUE(Call(&Stub::EnableWebhook, enable).ok());
  EXPECT_THAT(positions(), ElementsAre(0, 7, 14));
  event::v1::DeleteWebhookRequest gone;
  gone.set_name(name);
  ASSERT_TRUE(Call(&Stub::DeleteWebhook, gone).ok());
  EXPECT_EQ(Sql("SELECT count(*) FROM webhook_partition WHERE webhook = '" + name.substr(9) + "'"),
            "0");
  Sql("UPDATE event_stream SET last_seq = 0");
}

TEST_F(WebhookServiceTest, DeliveriesAreListedByWhatTheyAre) {
  const std::string name = Create().webhook().name();
  const std::string id = name.substr(9);
  for (int i = 1; i <= 5; ++i) {
    Sql(absl::StrCat(
        "INSERT INTO webhook_delivery (tenant, webhook, id, sequence, round, type, subject, state, "
        "attempts, create_time, last_result, http_status, duration_ms) VALUES ('",
        tenant(), "', '", id, "', gen_random_uuid(), ", i, ", 1, 'a.v1', 'leads/", i, "', '",
        i == 5 ? "PENDING" : "DELIVERED", "', ", i, ", now() - interval '", 10 - i, " min', '",
        i == 5 ? "REJECTED" : "ACCEPTED", "', ", i == 5 ? 503 : 200, ", 7)"));
  }
  event::v1::ListWebhookDeliveriesRequest request;
  request.set_webhook(name);
  const auto sequences = [&](const std::string& filter) {
    request.set_filter(filter);
    std::vector<int64_t> found;
    const auto page = Call(&Stub::ListWebhookDeliveries, request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return found;
    for (const auto& delivery : page->deliveries()) found.push_back(delivery.sequence());
    return found;
  };
  EXPECT_THAT(sequences(""), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(sequences("state = PENDING AND http_status >= 500"), ElementsAre(5));
  EXPECT_THAT(sequences("last_result IN (REJECTED, TIMED_OUT)"), ElementsAre(5));
  EXPECT_THAT(sequences("sequence > 2 AND attempts < 4"), ElementsAre(3));
  EXPECT_THAT(sequences("subject = leads/2"), ElementsAre(2));
  EXPECT_THAT(sequences("event_id = 018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e"), IsEmpty());
  request.set_order_by("create_time desc");
  request.set_page_size(2);
  EXPECT_THAT(sequences(""), ElementsAre(5, 4));
  request.set_page_token(Call(&Stub::ListWebhookDeliveries, request)->next_page_token());
  EXPECT_THAT(sequences(""), ElementsAre(3, 2));
  request.set_webhook(Create().webhook().name());
  EXPECT_EQ(testing::Reason(Call(&Stub::ListWebhookDeliveries, request)), "PAGE_TOKEN_INVALID");
  request.clear_page_token();
  EXPECT_THAT(sequences(""), IsEmpty());
  EXPECT_EQ(testing::Reason(Call(&Stub::ListWebhookDeliveries, request, "stranger")),
            "RESOURCE_NOT_FOUND");
}

}  // namespace
}  // namespace crm::serving
