// ListStageEvents as a subscriber calls it.

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "common/error/error.h"
#include "common/error/reasons.h"
#include "common/event/migrations/migrations.h"
#include "common/pg/migrator.h"
#include "common/rpc/server.h"
#include "common/rpc/status_bridge.h"
#include "common/serving/stage_event_service.h"
#include "crm/event/v1/stage_event_service.grpc.pb.h"
#include "tests/support/postgres_server.h"

namespace crm::serving {
namespace {

using event::v1::ListStageEventsRequest;
using event::v1::ListStageEventsResponse;

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
    rpc::Binding binding{executor_, "crm.lead.v1", metrics_};
    binding.admission = &callers_;
    service_ = std::make_unique<StageEventService>(binding, *pool_);
    server_ = std::make_unique<rpc::Server>(rpc::ServerOptions());
    server_->Register(*service_);
    EXPECT_TRUE(server_->Start().ok());
    stub_ = event::v1::StageEventService::NewStub(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", server_->selected_port()), grpc::InsecureChannelCredentials()));
  }
  ~StageEvents() override {
    server_->Drain(absl::ZeroDuration(), absl::Seconds(5));
    executor_.Stop();
  }

  void Log(int count) {
    testing::PostgresServer::Shared().Run(
        database_, absl::StrCat("SET search_path TO crm_lead; INSERT INTO event_log SELECT 0, n, ",
                                "1000 + n, 1, gen_random_uuid(), 'acme', gen_random_uuid(), 1, ''",
                                " FROM generate_series(1, ", count, ") AS n; ",
                                "UPDATE event_stream SET last_seq = ", count));
  }
  absl::StatusOr<ListStageEventsResponse> List(int64_t after, int page_size) {
    ListStageEventsRequest request;
    request.set_after_sequence(after);
    request.set_page_size(page_size);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    ListStageEventsResponse response;
    const grpc::Status status = stub_->ListStageEvents(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpcStatus(status);
    return response;
  }

  std::string database_;
  AcmeAlone callers_;
  metrics::Registry metrics_;
  std::unique_ptr<pg::Pool> pool_;
  rpc::Executor executor_;
  std::unique_ptr<StageEventService> service_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<event::v1::StageEventService::Stub> stub_;
};

TEST_F(StageEvents, AnEmptyLogIsAnAnswer) {
  const auto page = List(0, 0);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->events_size(), 0);
  EXPECT_EQ(page->last_sequence(), 0);
}

TEST_F(StageEvents, PagesFollowEachOtherWithoutHoles) {
  Log(2500);
  int64_t last = 0;
  int pages = 0;
  while (true) {
    const auto page = List(last, 0);
    ASSERT_TRUE(page.ok()) << page.status();
    if (page->events_size() == 0) break;
    EXPECT_LE(page->events_size(), 1000);
    EXPECT_EQ(page->last_sequence(), 2500);
    for (const auto& event : page->events()) ASSERT_EQ(event.sequence(), ++last);
    ++pages;
  }
  EXPECT_EQ(last, 2500);
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(List(10, 5)->events(0).sequence(), 11);
  EXPECT_EQ(List(10, 5)->events_size(), 5);
  EXPECT_EQ(List(0, 100'000)->events_size(), 1000) << "more than the most counts as the most";
  EXPECT_EQ(List(9999, 10)->events_size(), 0) << "a position beyond the end is no error";
}

TEST_F(StageEvents, ADamagedEventIsAnErrorAndThoseAroundItAreListed) {
  Log(6);
  testing::PostgresServer::Shared().Run(
      database_, "UPDATE crm_lead.event_log SET payload = '\\xffff' WHERE seq = 4");
  EXPECT_EQ(List(0, 0)->events_size(), 3) << "a page ends before it";
  EXPECT_EQ(error::ReasonOf(List(3, 0).status()), error::kDataDamaged);
  EXPECT_EQ(List(4, 0)->events_size(), 2);
}

std::string Told(const ListStageEventsResponse& page) {
  std::string told;
  for (const auto& event : page.events()) absl::StrAppend(&told, event.sequence(), " ");
  absl::StrAppend(&told, "skipped");
  for (const auto& range : page.skipped()) {
    absl::StrAppend(&told, " ", range.first_sequence(), "-", range.last_sequence());
  }
  return absl::StrCat(told, " read ", page.read_sequence());
}

TEST_F(StageEvents, WhoSeesOneTenantIsToldWhichSequencesTheOthersHave) {
  Log(9);
  testing::PostgresServer::Shared().Run(
      database_,
      "UPDATE crm_lead.event_log SET tenant = 'globex' WHERE seq IN (1, 4, 5, 8, 9);"
      "UPDATE crm_lead.event_log SET payload = '\\xffff' WHERE seq = 5");
  callers_.sees_all = false;
  EXPECT_EQ(Told(*List(0, 0)), "2 3 6 7 skipped 1-1 4-5 8-9 read 9");
  EXPECT_EQ(Told(*List(3, 2)), "skipped 4-5 read 5") << "a page of others' events goes on";
  EXPECT_EQ(Told(*List(9, 0)), "skipped read 9");
  callers_.sees_all = true;
  EXPECT_EQ(Told(*List(0, 0)), "1 2 3 4 skipped read 4");
}

TEST_F(StageEvents, NegativeNumbersAreRefusedBothAtOnce) {
  const auto refused = List(-1, -1);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  const auto details = error::DetailsOf(refused.status());
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, "FIELD_INVALID");
  ASSERT_EQ(details->fields.size(), 2u);
  EXPECT_EQ(details->fields[0].field, "after_sequence");
  EXPECT_EQ(details->fields[1].field, "page_size");
}

}  // namespace
}  // namespace crm::serving
