#pragma once

#include <grpcpp/channel.h>

#include <memory>

#include "crm/contact/v1/contact_service.grpc.pb.h"
#include "services/lead/domain/ports.h"

namespace crm::lead {

// Asks the contact service by gRPC, up to three calls an order, and more while others edit the
// contact.
class GrpcEmployerLinker final : public EmployerLinker {
 public:
  explicit GrpcEmployerLinker(const std::shared_ptr<grpc::Channel>& contact);

  OpeningReply Link(const EmploymentOrder& order) override;

 private:
  absl::StatusOr<std::string> OrganizationFor(const EmploymentOrder& order);
  absl::Status Employ(const EmploymentOrder& order, const std::string& organization);

  const std::unique_ptr<contact::v1::ContactService::StubInterface> stub_;
};

}  // namespace crm::lead
