#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "common/neighbours/lead_directory.h"
#include "crm/lead/v1/lead_service.grpc.pb.h"

namespace crm::neighbours {

// The lead service by gRPC: one BatchGetLeads per tenant for the distinct leads. Nothing is
// remembered: nearly every lead is asked for once.
class GrpcLeadDirectory final : public LeadDirectory {
 public:
  // `asker` is the actor of its calls, "crm-opportunity".
  GrpcLeadDirectory(const std::shared_ptr<grpc::Channel>& channel, std::string asker);

  void Check(absl::Span<const LeadClaim> claims, absl::Span<absl::Status> findings,
             base::Deadline deadline) override;

 private:
  const std::string asker_;
  const std::unique_ptr<lead::v1::LeadService::StubInterface> stub_;
};

}  // namespace crm::neighbours
