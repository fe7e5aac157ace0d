// WebhookService as an administrator of a tenant calls it. That events are sent is the matter of
// tests/integration/webhook.

#include "tests/integration/serving/webhook_fixture.h"

namespace crm::serving {
namespace {

using Stub = WebhookStub;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(WebhookServiceTest, OneIsCreatedChangedDisabledEnabledAndDeleted) {
  CreateWebhookRequest request;
  event::v1::Webhook& wanted = *request.mutable_webhook();
  wanted.set_url(kUrl);
  wanted.set_display_name("ERP");
  wanted.add_types("crm.lead.lead.stage_changed.v1");
  wanted.add_subjects("leads/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e");
  wanted.add_to_stages("QUALIFIED");
  const CreateWebhookResponse made = Create(request);
  EXPECT_TRUE(absl::StartsWith(made.secret(), "whsec_"));
  const event::v1::Webhook& webhook = made.webhook();
  EXPECT_EQ(webhook.state(), event::v1::WEBHOOK_STATE_ENABLED);
  EXPECT_EQ(webhook.etag(), "1");
  EXPECT_THAT(webhook.types(), ElementsAre("crm.lead.lead.stage_changed.v1"));
  EXPECT_THAT(webhook.subjects(), ElementsAre("leads/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e"));
  EXPECT_THAT(webhook.to_stages(), ElementsAre("QUALIFIED"));
  ASSERT_EQ(webhook.signing_keys_size(), 1);
  EXPECT_EQ(webhook.signing_keys(0).hint(), made.secret().substr(made.secret().size() - 4));

  event::v1::UpdateWebhookRequest update;
  update.mutable_webhook()->set_name(webhook.name());
  update.mutable_webhook()->set_url("https://other.example/");
  update.mutable_update_mask()->add_paths("url");
  update.mutable_update_mask()->add_paths("to_stages");
  const auto updated = Call(&Stub::UpdateWebhook, update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->webhook().url(), "https://other.example/");
  EXPECT_THAT(updated->webhook().to_stages(), IsEmpty());
  EXPECT_EQ(updated->webhook().display_name(), "ERP");
  EXPECT_EQ(updated->webhook().etag(), "2");

  event::v1::DisableWebhookRequest disable;
  disable.set_name(webhook.name());
  const auto disabled = Call(&Stub::DisableWebhook, disable);
  EXPECT_EQ(disabled->webhook().state(), event::v1::WEBHOOK_STATE_DISABLED);
  EXPECT_EQ(disabled->webhook().disable_reason(), event::v1::WEBHOOK_DISABLE_REASON_REQUESTED);
  EXPECT_TRUE(disabled->webhook().has_disable_time());
  event::v1::EnableWebhookRequest enable;
  enable.set_name(webhook.name());
  const auto enabled = Call(&Stub::EnableWebhook, enable);
  EXPECT_EQ(enabled->webhook().state(), event::v1::WEBHOOK_STATE_ENABLED);
  EXPECT_EQ(enabled->webhook().disable_reason(), event::v1::WEBHOOK_DISABLE_REASON_UNSPECIFIED);
  EXPECT_FALSE(enabled->webhook().has_disable_time());

  event::v1::DeleteWebhookRequest remove;
  remove.set_name(webhook.name());
  EXPECT_EQ(testing::Outcome(Call(&Stub::DeleteWebhook, remove)), "OK");
  EXPECT_EQ(testing::Reason(Get(webhook.name())), "RESOURCE_NOT_FOUND");
}

// Nor does a repetition tell it, nor anything that is stored but where it is kept.
TEST_F(WebhookServiceTest, ASecretIsToldOnceAndStandsInOnePlace) {
  CreateWebhookRequest request;
  request.mutable_webhook()->set_url(kUrl);
  request.set_request_id(testing::NewUuid());
  const CreateWebhookResponse first = Create(request);
  ASSERT_THAT(first.secret(), Not(IsEmpty()));
  const CreateWebhookResponse again = Create(request);
  EXPECT_EQ(again.webhook().name(), first.webhook().name());
  EXPECT_EQ(again.secret(), "");
  EXPECT_THAT(Get(first.webhook().name())->DebugString(), Not(HasSubstr(first.secret())));
  for (const char* table : {"webhook", "webhook_delivery", "idempotency"}) {
    const std::string rows = Sql(absl::StrCat("SELECT t::text FROM ", table, " t"));
    EXPECT_THAT(rows, Not(HasSubstr(first.secret()))) << table;
    EXPECT_THAT(rows, Not(HasSubstr(absl::BytesToHexString(first.secret())))) << table;
  }
  EXPECT_THAT(Sql("SELECT t::text FROM webhook_secret t"), HasSubstr(first.secret()));
}

TEST_F(WebhookServiceTest, TheCallerMayGiveIdAndSecretAndRotateIt) {
  CreateWebhookRequest request;
  request.set_webhook_id(testing::NewUuid());
  request.set_secret(kSecret);
  const CreateWebhookResponse made = Create(request);
  EXPECT_EQ(made.webhook().name(), "webhooks/" + request.webhook_id());
  EXPECT_EQ(made.secret(), kSecret);
  request.mutable_webhook()->set_url(kUrl);
  const auto taken = Call(&Stub::CreateWebhook, request);
  EXPECT_EQ(testing::Reason(taken), "DUPLICATE_ID");
  EXPECT_EQ(testing::Metadata(taken.status(), "existing"), made.webhook().name());

  event::v1::RotateWebhookSecretRequest rotate;
  rotate.set_name(made.webhook().name());
  const auto rotated = Call(&Stub::RotateWebhookSecret, rotate);
  ASSERT_TRUE(rotated.ok()) << rotated.status();
  EXPECT_NE(rotated->secret(), kSecret);
  ASSERT_EQ(rotated->webhook().signing_keys_size(), 2);
  EXPECT_FALSE(rotated->webhook().signing_keys(0).has_expire_time());
  EXPECT_NEAR(static_cast<double>(rotated->webhook().signing_keys(1).expire_time().seconds()),
              static_cast<double>(absl::ToUnixSeconds(absl::Now() + absl::Hours(24))), 60);
  rotate.mutable_overlap();
  EXPECT_THAT(Call(&Stub::RotateWebhookSecret, rotate)->webhook().signing_keys(), SizeIs(1))
      << "the others are gone at once";
}

TEST_F(WebhookServiceTest, AnUpdateMeansTheRevisionThatItNames) {
  const auto made = Create();
  event::v1::UpdateWebhookRequest update;
  update.mutable_webhook()->set_name(made.webhook().name());
  update.mutable_webhook()->set_etag("7");
  update.mutable_webhook()->set_display_name("other");
  const auto refused = Call(&Stub::UpdateWebhook, update);
  EXPECT_EQ(testing::Reason(refused), "ETAG_MISMATCH");
  EXPECT_EQ(testing::Metadata(refused.status(), "currentEtag"), "1");
}

TEST_F(WebhookServiceTest, WhereNothingMayBeSentNoneIsCreatedOrMoved) {
  for (const char* url : {"http://crm.example/", "https://127.0.0.1/", "https://localhost/x",
                          "https://10.0.0.1:8443/", "https://169.254.169.254/latest",
                          "https://[::1]/", "https://0x7f000001/"}) {
    CreateWebhookRequest request;
    request.mutable_webhook()->set_url(url);
    const auto refused = Call(&Stub::CreateWebhook, request);
    EXPECT_EQ(testing::Outcome(refused), "INVALID_ARGUMENT FIELD_INVALID") << url;
    EXPECT_THAT(testing::Fields(refused), ElementsAre("webhook.url")) << url;
  }
  event::v1::UpdateWebhookRequest update;
  update.mutable_webhook()->set_name(Create().webhook().name());
  update.mutable_webhook()->set_url("https://192.168.1.1/");
  EXPECT_THAT(testing::Fields(Call(&Stub::UpdateWebhook, update)), ElementsAre("webhook.url"));
}

TEST_F(WebhookServiceTest, AllThatIsWrongIsToldAtOnce) {
  CreateWebhookRequest request;
  event::v1::Webhook& webhook = *request.mutable_webhook();
  webhook.set_url("ftp://crm.example");
  webhook.add_types("");
  webhook.add_types("two words");
  for (int i = 0; i < 101; ++i) webhook.add_to_stages("WON");
  webhook.add_subjects("boxes/1");
  request.set_secret("short");
  request.set_webhook_id("7");
  EXPECT_THAT(testing::Fields(Call(&Stub::CreateWebhook, request)),
              ElementsAre("secret", "webhook.subjects[0]", "webhook.to_stages", "webhook.types[0]",
                          "webhook.types[1]", "webhook.url", "webhook_id"));
}

TEST_F(WebhookServiceTest, ATenantHasTwentyAtMost) {
  for (int i = 0; i < webhook::kMostWebhooks; ++i) Create();
  CreateWebhookRequest request;
  request.mutable_webhook()->set_url(kUrl);
  const auto refused = Call(&Stub::CreateWebhook, request);
  EXPECT_EQ(testing::Outcome(refused), "FAILED_PRECONDITION TOO_MANY_WEBHOOKS");
  EXPECT_EQ(testing::Metadata(refused.status(), "most"), "20");
  EXPECT_TRUE(Call(&Stub::CreateWebhook, request, "t-" + testing::NewUuid()).ok());

  event::v1::ListWebhooksRequest list;
  list.set_page_size(15);
  auto page = Call(&Stub::ListWebhooks, list);
  EXPECT_THAT(page->webhooks(), SizeIs(15));
  list.set_page_token(page->next_page_token());
  page = Call(&Stub::ListWebhooks, list);
  EXPECT_THAT(page->webhooks(), SizeIs(5));
  list.clear_page_token();
  list.set_filter("state = DISABLED");
  EXPECT_THAT(Call(&Stub::ListWebhooks, list)->webhooks(), IsEmpty());
}

TEST_F(WebhookServiceTest, WithoutTheFlagNothingIsPromised) {
  const std::string name = Create().webhook().name();
  CreateWebhookRequest request;
  request.mutable_webhook()->set_url(kUrl);
  RunningWebhooks& service = Service();
  EXPECT_EQ(testing::Reason(CallOn(service.off(), &Stub::CreateWebhook, request)), "WEBHOOKS_OFF");
  event::v1::TestWebhookRequest test;
  test.set_name(name);
  EXPECT_EQ(testing::Reason(CallOn(service.off(), &Stub::TestWebhook, test)), "WEBHOOKS_OFF");
  event::v1::DisableWebhookRequest disable;
  disable.set_name(name);
  EXPECT_TRUE(CallOn(service.off(), &Stub::DisableWebhook, disable).ok()) << "but can be stopped";
}

TEST_F(WebhookServiceTest, WhatIsDamagedIsTold) {
  const std::string name = Create().webhook().name();
  Sql(absl::StrCat("UPDATE webhook SET disable_reason = 'WEATHER' WHERE id = '", name.substr(9),
                   "'"));
  EXPECT_EQ(testing::Reason(Get(name)), "DATA_DAMAGED");
  Sql(absl::StrCat("DELETE FROM webhook WHERE id = '", name.substr(9), "'"));
}

TEST_F(WebhookServiceTest, BadInputIsRefused) {
  CreateWebhookRequest request;
  request.set_request_id(testing::NewUuid());
  const std::string name = Create(request).webhook().name();
  const std::string named = "name: \"$NAME\"";
  const std::vector<std::string> servers = {"webhook.name", "webhook.creator", "webhook.etag",
                                            "webhook.signing_keys"};
  testing::ExpectBadInputRefused("crm.event.v1.WebhookService",
                                 {{"CreateWebhook",
                                   "webhook { url: \"https://crm.example/\" }",
                                   {"webhook", "webhook.url"},
                                   servers},
                                  {"GetWebhook", named, {"name"}},
                                  {"ListWebhooks", ""},
                                  {"UpdateWebhook",
                                   "webhook { name: \"$NAME\" display_name: \"other\" }",
                                   {"webhook", "webhook.name"},
                                   {"webhook.creator", "webhook.signing_keys"}},
                                  {"DeleteWebhook", named, {"name"}},
                                  {"EnableWebhook", named, {"name"}},
                                  {"DisableWebhook", named, {"name"}},
                                  {"RotateWebhookSecret", named, {"name"}},
                                  {"TestWebhook", named, {"name"}},
                                  {"ReplayWebhook", named + " after_sequence: 0", {"name"}},
                                  {"ListWebhookDeliveries", "webhook: \"$NAME\"", {"webhook"}}},
                                 {.channel = Service().channel(),
                                  .tenant = tenant(),
                                  .name = name,
                                  .request_id = request.request_id(),
                                  .stored = [] { return Service().database().Everything(); }});
}

}  // namespace
}  // namespace crm::serving
