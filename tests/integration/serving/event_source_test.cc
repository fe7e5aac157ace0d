#include "common/serving/grpc_stage_event_source.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include "crm/event/v1/stage_event_service_mock.grpc.pb.h"

namespace crm::serving::testing {
namespace {

using ::testing::_;
using ::testing::Invoke;

class EventSource : public ::testing::Test {
 protected:
  EventSource() {
    auto stub = std::make_unique<::testing::NiceMock<event::v1::MockStageEventServiceStub>>();
    stub_ = stub.get();
    source_ = std::make_unique<GrpcStageEventSource>(std::move(stub), "crm-contact");
  }

  ::testing::NiceMock<event::v1::MockStageEventServiceStub>* stub_;
  std::unique_ptr<GrpcStageEventSource> source_;
};

TEST_F(EventSource, AsksForWhatIsBeyondThePosition) {
  EXPECT_CALL(*stub_, ListStageEvents(_, _, _))
      .WillOnce(Invoke([](grpc::ClientContext*, const event::v1::ListStageEventsRequest& request,
                          event::v1::ListStageEventsResponse* response) {
        EXPECT_EQ(request.after_sequence(), 41);
        EXPECT_EQ(request.page_size(), 500);
        response->add_events()->set_sequence(42);
        response->set_floor_sequence(17);
        return grpc::Status::OK;
      }));
  const auto page = source_->After(41, 500);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->events.size(), 1u);
  EXPECT_EQ(page->events[0].sequence, 42);
  EXPECT_EQ(page->floor, 17);
}

TEST_F(EventSource, AnOldNeighbourHasOnePartition) {
  EXPECT_CALL(*stub_, ListStageEvents(_, _, _))
      .WillOnce(Invoke([](grpc::ClientContext*, const event::v1::ListStageEventsRequest&,
                          event::v1::ListStageEventsResponse*) { return grpc::Status::OK; }))
      .WillOnce(Invoke([](grpc::ClientContext*, const event::v1::ListStageEventsRequest&,
                          event::v1::ListStageEventsResponse* response) {
        response->set_partitions(4);
        return grpc::Status::OK;
      }));
  EXPECT_EQ(source_->CountPartitions().value(), 1);
  EXPECT_EQ(source_->CountPartitions().value(), 4);
}

TEST_F(EventSource, HalvesPagesThatAreTooLarge) {
  std::vector<int> sizes;
  EXPECT_CALL(*stub_, ListStageEvents(_, _, _))
      .WillRepeatedly(Invoke([&](grpc::ClientContext*,
                                 const event::v1::ListStageEventsRequest& request,
                                 event::v1::ListStageEventsResponse*) {
        sizes.push_back(request.page_size());
        return request.page_size() > 3
                   ? grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "message larger than max")
                   : grpc::Status::OK;
      }));
  EXPECT_TRUE(source_->After(0, 16).ok());
  EXPECT_THAT(sizes, ::testing::ElementsAre(16, 8, 4, 2));
}

TEST_F(EventSource, ErrorsComeThrough) {
  EXPECT_CALL(*stub_, ListStageEvents(_, _, _))
      .WillOnce(::testing::Return(grpc::Status(grpc::StatusCode::UNAVAILABLE, "away")));
  EXPECT_EQ(source_->After(0, 10).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace crm::serving::testing
