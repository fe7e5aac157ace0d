#pragma once

#include <grpcpp/channel.h>

#include <memory>

#include "crm/opportunity/v1/opportunity_service.grpc.pb.h"
#include "services/lead/domain/ports.h"

namespace crm::lead {

// The opportunity service by gRPC. All orders are in flight at once.
class GrpcOpportunityOpener final : public OpportunityOpener {
 public:
  explicit GrpcOpportunityOpener(const std::shared_ptr<grpc::Channel>& channel);
  // For tests: takes the stub.
  explicit GrpcOpportunityOpener(
      std::unique_ptr<opportunity::v1::OpportunityService::StubInterface> stub);

  void Open(absl::Span<const OpportunityOrder> orders, absl::Span<OpeningReply> replies) override;
  void Find(absl::Span<const OpportunityOrder> orders, absl::Span<OpeningReply> replies) override;

 private:
  const std::unique_ptr<opportunity::v1::OpportunityService::StubInterface> stub_;
};

// How an answer of OpenOpportunity is to be taken.
OpeningReply ReplyOf(const absl::Status& status);

}  // namespace crm::lead
