#pragma once

#include "common/serving/webhook_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "common/event/migrations/migrations.h"
#include "common/idempotency/ledger.h"
#include "common/rpc/executor.h"
#include "common/webhook/webhook_store.h"
#include "crm/event/v1/webhook_service.grpc.pb.h"
#include "tests/support/bad_input.h"
#include "tests/support/service_fixture.h"

namespace crm::serving {

using WebhookStub = event::v1::WebhookService::Stub;
using event::v1::CreateWebhookRequest;
using event::v1::CreateWebhookResponse;

inline constexpr char kUrl[] = "https://crm.example/hook";
inline constexpr char kSecret[] = "whsec_0123456789abcdef0123456789abcdef";

inline pg::MigrationSet EventMigrations() {
  const auto events = event::Migrations();
  return {"event", {events.begin(), events.end()}};
}

// The service with three partitions, and one of a program that sends no webhooks.
class RunningWebhooks {
 public:
  RunningWebhooks() : executor_(rpc::ExecutorOptions()) {
    database_.Sql("SELECT set_partitions(3)");
    for (feed::FeedOptions feed; feed.tail.partition < 3; ++feed.tail.partition) {
      feeds_.Add(std::make_unique<feed::Feed>(feed, database_.pool(), metrics_));
    }
    WebhookPorts ports{database_.pool(), base::SystemClock::Instance(), ids_, "lead", true, {},
                       &feeds_};
    service_ =
        std::make_unique<WebhookService>(rpc::Binding{executor_, "crm.lead.v1", metrics_}, ports);
    server_ = std::make_unique<rpc::Server>(rpc::ServerOptions());
    server_->Register(*service_);
    channel_ = testing::Serve(*server_);
    stub_ = event::v1::WebhookService::NewStub(channel_);
    ports.on = false;
    off_ =
        std::make_unique<WebhookService>(rpc::Binding{executor_, "crm.lead.v1", metrics_}, ports);
    off_server_ = std::make_unique<rpc::Server>(rpc::ServerOptions());
    off_server_->Register(*off_);
    off_stub_ = event::v1::WebhookService::NewStub(testing::Serve(*off_server_));
  }
  ~RunningWebhooks() {
    stub_.reset();
    off_stub_.reset();
    channel_.reset();
    for (auto* const server : {server_.get(), off_server_.get()}) {
      server->Drain(absl::ZeroDuration(), absl::Seconds(5));
    }
    executor_.Stop();
  }

  const std::shared_ptr<grpc::Channel>& channel() { return channel_; }
  WebhookStub& stub() { return *stub_; }
  WebhookStub& off() { return *off_stub_; }
  testing::ServiceDatabase& database() { return database_; }

 private:
  testing::ServiceDatabase database_{"crm_lead", {EventMigrations(), idempotency::Migrations()}};
  base::RandomIdGenerator ids_{&base::SystemClock::Instance()};
  metrics::Registry metrics_;
  rpc::Executor executor_;
  Feeds feeds_;  // of a log with three partitions
  std::unique_ptr<WebhookService> service_, off_;
  std::unique_ptr<rpc::Server> server_, off_server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<WebhookStub> stub_, off_stub_;
};

class WebhookServiceTest : public testing::TenantTest {
 protected:
  static RunningWebhooks& Service() { return testing::SharedService<RunningWebhooks>::Get(); }
  static std::string Sql(const std::string& sql) { return Service().database().Sql(sql); }

  template <class Req, class Resp>
  absl::StatusOr<Resp> Call(grpc::Status (WebhookStub::*method)(grpc::ClientContext*, const Req&,
                                                                Resp*),
                            const Req& request, const std::string& tenant = "") {
    return CallOn(Service().stub(), method, request, tenant);
  }
  CreateWebhookResponse Create(const CreateWebhookRequest& wanted = {}) {
    CreateWebhookRequest request = wanted;
    if (request.webhook().url().empty()) request.mutable_webhook()->set_url(kUrl);
    const auto made = Call(&WebhookStub::CreateWebhook, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.value_or(CreateWebhookResponse());
  }
  absl::StatusOr<event::v1::Webhook> Get(const std::string& name, const std::string& tenant = "") {
    event::v1::GetWebhookRequest request;
    request.set_name(name);
    const auto got = Call(&WebhookStub::GetWebhook, request, tenant);
    if (!got.ok()) return got.status();
    return got->webhook();
  }
};

}  // namespace crm::serving
