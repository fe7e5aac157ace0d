#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/event/migrations/migrations.h"
#include "common/feed/feed.h"
#include "common/pg/migrator.h"
#include "common/rpc/server.h"
#include "common/rpc/status_bridge.h"
#include "common/serving/stage_event_service.h"
#include "crm/event/v1/stage_event_service.grpc.pb.h"
#include "tests/support/postgres_server.h"

namespace crm::serving::stage_events_test {

using event::v1::ListStageEventsRequest;
using event::v1::ListStageEventsResponse;

inline constexpr size_t kMostSubscribers = 20;

inline constexpr char kDeal[] = "018f0000-0000-7000-8000-00000000000a";
inline constexpr char kOther[] = "018f0000-0000-7000-8000-00000000000b";

// Lets everybody in as somebody of the tenant acme.
class AcmeAlone final : public rpc::Admission {
 public:
  absl::StatusOr<rpc::CallContext> Admit(const grpc::ServerContextBase& context,
                                         const rpc::MethodAccess& access,
                                         absl::Time now) const override {
    absl::StatusOr<rpc::CallContext> admitted = Open().Admit(context, access, now);
    if (!admitted.ok()) return admitted;
    admitted->tenant = "acme";
    admitted->all_tenants = sees_all.load();
    return admitted;
  }

  std::atomic<bool> sees_all{true};
};

class StageEvents : public ::testing::Test {
 protected:
  StageEvents() : executor_(rpc::ExecutorOptions()) {
    testing::PostgresServer& postgres = testing::PostgresServer::Shared();
    database_ = postgres.CreateDatabase();
    const pg::ConnectionOptions options{postgres.Url(database_), "crm_lead", "test"};
    const auto events = event::Migrations();
    EXPECT_TRUE(pg::Migrate(options, {{"event", {events.begin(), events.end()}}}).ok());
    pool_ = std::make_unique<pg::Pool>(options, 4);
    Serve({});
  }
  ~StageEvents() override {
    EndServing();
    executor_.Stop();
  }

  // A server, with a feed of its own; the one before is gone.
  void Serve(rpc::ServerOptions options) {
    rpc::Binding binding{executor_, "crm.lead.v1", metrics_};
    binding.admission = &callers_;
    feed::FeedOptions feed;
    feed.tail.stream = "crm:stage-events:lead:0";
    feed.tail.redis.url = "redis://127.0.0.1:9/0";  // nobody is there, so the log is read
    feed.heartbeat = heartbeat_;
    feed.most_subscribers = kMostSubscribers;
    feeds_ = std::make_unique<Feeds>();
    for (; feed.tail.partition < partitions_; ++feed.tail.partition) {
      feeds_->Add(std::make_unique<feed::Feed>(feed, *pool_, metrics_));
      (*feeds_)[feed.tail.partition].Start();
    }
    service_ = std::make_unique<StageEventService>(binding, *pool_, *feeds_);
    server_ = std::make_unique<rpc::Server>(std::move(options));
    server_->Register(*service_);
    ASSERT_TRUE(server_->Start().ok());
    server_->SetServing(true);
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->selected_port()),
                                   grpc::InsecureChannelCredentials());
    stub_ = event::v1::StageEventService::NewStub(channel_);
  }
  void EndServing() {
    server_->Drain(absl::ZeroDuration(), absl::Seconds(5));
    feeds_->ForEach([](feed::Feed& feed) { feed.Stop(); });
    server_.reset();
    service_.reset();
    feeds_.reset();
  }

  std::string Sql(const std::string& sql) {
    return testing::PostgresServer::Shared().Run(database_, "SET search_path TO crm_lead; " + sql);
  }
  // Adds so many events of nothing in particular.
  void Log(int count) {
    Sql(absl::StrCat("WITH s AS (UPDATE event_stream SET last_seq = last_seq + ", count,
                     ", last_ms = 1000 + last_seq + ", count, " RETURNING last_seq - ", count,
                     " AS base) INSERT INTO event_log ",
                     "SELECT 0, base + n, 1000 + base + n, 1, gen_random_uuid(), 'acme', ",
                     "gen_random_uuid(), 1, '' FROM s, generate_series(1, ", count, ") AS n"));
  }
  // Makes the event one of this thing.
  void SetSubject(int64_t sequence, const std::string& collection, const std::string& id,
                  const std::string& tenant = "acme", const std::string& to_stage = "NEW") {
    event::v1::StageChanged change;
    change.set_subject(absl::StrCat(collection, "/", id));
    change.set_type("crm.lead.lead.stage_changed.v1");
    change.set_tenant(tenant);
    change.set_to_stage(to_stage);
    Sql(absl::StrCat("UPDATE event_log SET aggregate = '", id, "', tenant = '", tenant,
                     "', payload = '\\x", absl::BytesToHexString(change.SerializeAsString()),
                     "' WHERE seq = ", sequence));
  }
  absl::StatusOr<ListStageEventsResponse> List(const ListStageEventsRequest& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    ListStageEventsResponse response;
    const grpc::Status status = stub_->ListStageEvents(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpcStatus(status);
    return response;
  }
  absl::StatusOr<ListStageEventsResponse> List(int64_t after, int page_size) {
    ListStageEventsRequest request;
    request.set_after_sequence(after);
    request.set_page_size(page_size);
    return List(request);
  }

  std::string database_;
  AcmeAlone callers_;
  metrics::Registry metrics_;
  std::unique_ptr<pg::Pool> pool_;
  rpc::Executor executor_;
  int partitions_ = 1;
  absl::Duration heartbeat_ = absl::Milliseconds(500);
  std::unique_ptr<Feeds> feeds_;
  std::unique_ptr<StageEventService> service_;
  std::unique_ptr<rpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<event::v1::StageEventService::Stub> stub_;
};

inline std::string Told(const ListStageEventsResponse& page) {
  std::string told;
  for (const auto& event : page.events()) absl::StrAppend(&told, event.sequence(), " ");
  absl::StrAppend(&told, "skipped");
  for (const auto& range : page.skipped()) {
    absl::StrAppend(&told, " ", range.first_sequence(), "-", range.last_sequence());
  }
  return absl::StrCat(told, " read ", page.read_sequence());
}

}  // namespace crm::serving::stage_events_test
