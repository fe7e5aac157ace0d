// ListAccess as an auditor calls it.

#include "common/serving/audit_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/str_join.h"
#include "common/access/access_store.h"
#include "common/base/id_generator.h"
#include "common/rpc/executor.h"
#include "common/serving/page_bytes.h"
#include "crm/audit/v1/audit_service.grpc.pb.h"
#include "tests/support/bad_input.h"
#include "tests/support/service_fixture.h"

namespace crm::serving {
namespace {

using audit::v1::ListAccessRequest;
using audit::v1::ListAccessResponse;
using ::testing::ElementsAre;

constexpr char kMethod[] = "crm.lead.v1.LeadService/GetLead";

class RunningAudit {
 public:
  RunningAudit() : executor_(rpc::ExecutorOptions()) {
    service_ = std::make_unique<AuditService>(rpc::Binding{executor_, "crm.lead.v1", metrics_},
                                              database_.pool());
    server_ = std::make_unique<rpc::Server>(rpc::ServerOptions());
    server_->Register(*service_);
    channel_ = testing::Serve(*server_);
    stub_ = audit::v1::AuditService::NewStub(channel_);
  }
  ~RunningAudit() {
    stub_.reset();
    channel_.reset();
    server_->Drain(absl::ZeroDuration(), absl::Seconds(5));
    executor_.Stop();
  }

  const std::shared_ptr<grpc::Channel>& channel() { return channel_; }
  audit::v1::AuditService::Stub& stub() { return *stub_; }
  pg::Pool& pool() { return database_.pool(); }
  std::string Everything() const { return database_.Everything(); }

 private:
  testing::ServiceDatabase database_{"crm_lead", {access::Migrations()}};
  metrics::Registry metrics_;
  rpc::Executor executor_;
  std::unique_ptr<AuditService> service_;
  std::unique_ptr<rpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<audit::v1::AuditService::Stub> stub_;
};

class AuditServiceTest : public testing::TenantTest {
 protected:
  static RunningAudit& Service() { return testing::SharedService<RunningAudit>::Get(); }

  // `count` reads of one thing each, a second apart.
  void Record(int count) {
    std::vector<access::Record> records;
    for (int i = 0; i < count; ++i) {
      records.push_back({tenant(),
                         ids_.New(),
                         start_ + absl::Seconds(i),
                         i % 2 == 0 ? "ann" : "bob",
                         kMethod,
                         {absl::StrCat("leads/", i)}});
    }
    testing::Require(
        access::Write(Service().pool(), records, base::Deadline::After(absl::Seconds(20))));
  }
  absl::StatusOr<ListAccessResponse> List(const ListAccessRequest& request,
                                          const std::string& tenant = "") {
    return CallOn(Service().stub(), &audit::v1::AuditService::Stub::ListAccess, request, tenant);
  }
  static std::vector<std::string> Names(const absl::StatusOr<ListAccessResponse>& page) {
    std::vector<std::string> names;
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return names;
    for (const audit::v1::Access& access : page->accesses()) {
      names.push_back(absl::StrJoin(access.names(), " "));
    }
    return names;
  }

  const absl::Time start_ = absl::Now() - absl::Hours(1);
  base::RandomIdGenerator ids_{&base::SystemClock::Instance()};
};

TEST_F(AuditServiceTest, PagesFollowEachOtherInBothDirections) {
  Record(5);
  ListAccessRequest request;
  request.set_page_size(3);
  auto page = List(request);
  EXPECT_THAT(Names(page), ElementsAre("leads/0", "leads/1", "leads/2"));
  request.set_page_token(page->next_page_token());
  page = List(request);
  EXPECT_THAT(Names(page), ElementsAre("leads/3", "leads/4"));
  EXPECT_EQ(page->next_page_token(), "");

  request.clear_page_token();
  request.set_order_by("access_time desc");
  page = List(request);
  EXPECT_THAT(Names(page), ElementsAre("leads/4", "leads/3", "leads/2"));
  request.set_page_token(page->next_page_token());
  EXPECT_THAT(Names(List(request)), ElementsAre("leads/1", "leads/0"));
}

TEST_F(AuditServiceTest, AnAccessSaysWhoWhenAndWhat) {
  Record(1);
  const auto page = List({});
  ASSERT_EQ(page->accesses_size(), 1);
  const audit::v1::Access& access = page->accesses(0);
  EXPECT_EQ(access.actor(), "ann");
  EXPECT_EQ(access.method(), kMethod);
  EXPECT_EQ(access.access_time().seconds(), absl::ToUnixSeconds(start_));
}

TEST_F(AuditServiceTest, TheyAreFilteredByThingActorMethodAndTime) {
  Record(4);
  ListAccessRequest request;
  request.set_filter("name = leads/2");
  EXPECT_THAT(Names(List(request)), ElementsAre("leads/2"));
  request.set_filter("actor = bob");
  EXPECT_THAT(Names(List(request)), ElementsAre("leads/1", "leads/3"));
  request.set_filter(absl::StrCat("method = ", kMethod, " AND actor != bob"));
  EXPECT_THAT(Names(List(request)), ElementsAre("leads/0", "leads/2"));
  request.set_filter("access_time > 2999-01-01");
  EXPECT_THAT(Names(List(request)), ElementsAre());
  request.set_filter("colour = red");
  EXPECT_EQ(testing::Reason(List(request)), "FILTER_INVALID");
}

// Names as long as nothing has, so that few rows are enough.
TEST_F(AuditServiceTest, PagesEndAtThreeMebibytes) {
  constexpr int kAccesses = 50;
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i) names.push_back(absl::StrCat("leads/", i, std::string(1000, 'x')));
  std::vector<access::Record> records;
  for (int i = 0; i < kAccesses; ++i) {
    records.push_back({tenant(), ids_.New(), start_ + absl::Seconds(i), "ann", kMethod, names});
  }
  testing::Require(
      access::Write(Service().pool(), records, base::Deadline::After(absl::Seconds(60))));
  ListAccessRequest request;
  request.set_page_size(1000);
  std::vector<int> pages;
  do {
    const auto page = List(request);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_LT(page->ByteSizeLong(), kPageBytes + 150'000) << "and one access";
    pages.push_back(page->accesses_size());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  ASSERT_EQ(pages.size(), 2u);
  EXPECT_EQ(pages[0] + pages[1], kAccesses);
}

TEST_F(AuditServiceTest, AnotherTenantSeesNothing) {
  Record(2);
  EXPECT_THAT(Names(List({}, "t-" + testing::NewUuid())), ElementsAre());
  ListAccessRequest request;
  request.set_filter("name = leads/1");
  EXPECT_THAT(Names(List(request, "t-" + testing::NewUuid())), ElementsAre());
}

TEST_F(AuditServiceTest, BadInputIsRefused) {
  testing::ExpectBadInputRefused("crm.audit.v1.AuditService", {{"ListAccess", ""}},
                                 {.channel = Service().channel(),
                                  .tenant = tenant(),
                                  .name = "",
                                  .request_id = testing::NewUuid(),
                                  .stored = [] { return Service().Everything(); }});
}

}  // namespace
}  // namespace crm::serving
